package models

var runTables = []table{
	{
		name: "webhooks_runs",
		columns: []string{
			"id BIGINT NOT NULL", // the delivery's
			"listener_id BIGINT NOT NULL",
			"version_id BIGINT NOT NULL",
			"open TINYINT", // 1, or NULL when finished
			"state VARCHAR(10) NOT NULL",
			"reason VARCHAR(10) NOT NULL",
			"error MEDIUMTEXT NOT NULL",
			"due_at BIGINT NOT NULL",
			"token BIGINT NOT NULL",
			"claims INT NOT NULL",
			"answered TINYINT NOT NULL",
			"finished_at BIGINT NOT NULL",
		},
		primary: "id",
		index:   []string{"open, due_at, id", "state, id"},
	},
	{
		name: "webhooks_steps",
		columns: []string{
			"run_id BIGINT NOT NULL",
			"path VARBINARY(512) NOT NULL",
			"seq INT NOT NULL",
			"line INT NOT NULL",
			"name MEDIUMTEXT NOT NULL",
			"action VARCHAR(128) NOT NULL",
			"state VARCHAR(10) NOT NULL",
			"params MEDIUMBLOB",
			"output MEDIUMBLOB",
			"error MEDIUMTEXT NOT NULL",
			"failed TINYINT NOT NULL",
			"status SMALLINT NOT NULL",
		},
		primary: "run_id, path",
	},
	{
		name: "webhooks_attempts",
		columns: []string{
			"run_id BIGINT NOT NULL",
			"path VARBINARY(512) NOT NULL",
			"n INT NOT NULL",
			"started_at BIGINT NOT NULL",
			"finished_at BIGINT NOT NULL",
			"status SMALLINT NOT NULL",
			"error MEDIUMTEXT NOT NULL",
			"blame VARCHAR(16) NOT NULL",
			"excerpt MEDIUMBLOB",
		},
		primary: "run_id, path, n",
	},
	{
		name: "webhooks_entries",
		columns: []string{
			"space VARBINARY(255) NOT NULL",
			"hash BINARY(32) NOT NULL", // of the key
			"name MEDIUMBLOB NOT NULL", // the key
			"value MEDIUMBLOB",
			"expires_at BIGINT NOT NULL", // 0: never
		},
		primary: "space, hash",
	},
}
