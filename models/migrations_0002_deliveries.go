package models

var deliveryTables = []table{
	{
		name: "webhooks_deliveries",
		columns: []string{
			"id",
			"uid BINARY(16) NOT NULL",
			"listener_id BIGINT NOT NULL",
			"version_id BIGINT NOT NULL",
			"outcome VARCHAR(16) NOT NULL",
			"cause VARCHAR(64) NOT NULL",
			"detail MEDIUMTEXT NOT NULL",
			"received_at BIGINT NOT NULL",
			"duplicate_of BIGINT NOT NULL",
			"replay_of BIGINT NOT NULL",
			"size BIGINT NOT NULL",
			"head MEDIUMBLOB", // the request without its body, and the inputs
			"body MEDIUMBLOB",
			"status SMALLINT NOT NULL", // of the answer below, 0: none yet
			"response MEDIUMBLOB",
		},
		unique: []string{"uid"},
		index:  []string{"listener_id, id"},
	},
	{
		name: "webhooks_answers",
		columns: []string{
			"delivery_id BIGINT NOT NULL",
			"status SMALLINT NOT NULL",
			"response MEDIUMBLOB",
		},
		primary: "delivery_id",
	},
	{
		name: "webhooks_dedupe",
		columns: []string{
			"listener_id BIGINT NOT NULL",
			"hash BINARY(32) NOT NULL",
			"delivery_id BIGINT NOT NULL",
			"expires_at BIGINT NOT NULL",
		},
		primary: "listener_id, hash",
		index:   []string{"expires_at"},
	},
	{
		name:    "webhooks_refused",
		columns: []string{"listener_id BIGINT NOT NULL", "delivery_id BIGINT NOT NULL"},
		primary: "listener_id, delivery_id",
	},
	{
		name: "webhooks_counters",
		columns: []string{
			"listener_id BIGINT NOT NULL",
			"accepted BIGINT NOT NULL",
			"refused BIGINT NOT NULL",
			"duplicate BIGINT NOT NULL",
			"last_at BIGINT NOT NULL",
		},
		primary: "listener_id",
	},
}
