package models

var configurationTables = []table{
	{
		name:    "webhooks_changes",
		columns: []string{"id TINYINT NOT NULL", "number BIGINT NOT NULL"},
		primary: "id",
		rows:    []string{"1, 0"},
	},
	{
		name:    "webhooks_tombstones",
		columns: []string{"listener_id BIGINT NOT NULL", "changed BIGINT NOT NULL"},
		primary: "listener_id",
		index:   []string{"changed"},
	},
	{
		name: "webhooks_listeners",
		columns: []string{
			"id",
			"guid VARCHAR(64) NOT NULL",
			"name MEDIUMTEXT NOT NULL",
			"behavior_id BIGINT NOT NULL",
			"inputs MEDIUMBLOB NOT NULL",
			"enabled TINYINT NOT NULL",
			"paused TINYINT NOT NULL",
			"timezone VARCHAR(64) NOT NULL",
			"url_override MEDIUMTEXT NOT NULL",
			"revision BIGINT NOT NULL",
			"changed BIGINT NOT NULL",
			"created_at BIGINT NOT NULL",
			"updated_at BIGINT NOT NULL",
		},
		unique: []string{"guid"},
		index:  []string{"behavior_id", "changed"},
	},
	{
		name: "webhooks_behaviors",
		columns: []string{
			"id",
			"name MEDIUMTEXT NOT NULL",
			"source MEDIUMTEXT NOT NULL",
			"published_version BIGINT NOT NULL",
			"published_id BIGINT NOT NULL",
			"policy MEDIUMBLOB",
			"revision BIGINT NOT NULL",
			"changed BIGINT NOT NULL",
			"created_at BIGINT NOT NULL",
			"updated_at BIGINT NOT NULL",
			"updated_by VARCHAR(191) NOT NULL",
		},
		index: []string{"changed"},
	},
	{
		name: "webhooks_versions",
		columns: []string{
			"id",
			"behavior_id BIGINT NOT NULL",
			"version BIGINT NOT NULL",
			"source MEDIUMTEXT NOT NULL",
			"note MEDIUMTEXT NOT NULL",
			"published_at BIGINT NOT NULL",
			"published_by VARCHAR(191) NOT NULL",
		},
		unique: []string{"behavior_id, version"},
	},
	{
		name: "webhooks_secrets",
		columns: []string{
			"id",
			"name VARBINARY(255)", // NULL: a listener's own
			"value MEDIUMBLOB",
			"hosts MEDIUMTEXT NOT NULL",
			"updated_at BIGINT NOT NULL",
			"updated_by VARCHAR(191) NOT NULL",
		},
		unique: []string{"name"},
	},
}
