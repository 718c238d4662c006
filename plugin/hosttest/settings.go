package hosttest

func settingCases() []testCase { return nil }
