package models

var administrationTables = []table{
	{
		name: "webhooks_settings",
		columns: []string{
			"id TINYINT NOT NULL",
			"value MEDIUMBLOB NOT NULL", // JSON: what was set, by name
			"revision BIGINT NOT NULL",
			"changed BIGINT NOT NULL",
			"updated_at BIGINT NOT NULL",
			"updated_by VARCHAR(191) NOT NULL",
		},
		primary: "id",
		rows:    []string{"1, x'7B7D', 1, 0, 0, ''"},
	},
	{
		name: "webhooks_audit",
		columns: []string{
			"id",
			"at BIGINT NOT NULL",
			"worker VARCHAR(191) NOT NULL",
			"name VARCHAR(191) NOT NULL",
			"token VARCHAR(191) NOT NULL",
			"action VARCHAR(191) NOT NULL",
			"object MEDIUMTEXT NOT NULL",
			"detail MEDIUMTEXT NOT NULL",
		},
	},
	{
		name:    "webhooks_nodes",
		columns: []string{"node VARCHAR(32) NOT NULL", "seen_at BIGINT NOT NULL"},
		primary: "node",
	},
}
