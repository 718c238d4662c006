package plugin

// Manifest is plugin.yaml.
type Manifest struct {
	ID, Name, Version, Description string
}
