package runner

import "time"

// Settings are those of the plugin's settings that take effect below the host;
// the zero value of each: it is not set.
type Settings struct {
	MaxBody     int64 // bytes
	Timezone    *time.Location
	Concurrency int // runs executed at once in the background
}

// Settings are what this node knows to be set, a second behind at most. No query.
func (r *Runner) Settings() Settings {
	r.listeners.mu.RLock()
	defer r.listeners.mu.RUnlock()
	return r.listeners.settings
}

// readSettings takes what it understands: what a newer version stored may be
// unlike what this one would.
func readSettings(values map[string]any) Settings {
	var s Settings
	if n, ok := values["max_body"].(int64); ok && n > 0 {
		s.MaxBody = n
	}
	if n, ok := values["concurrency"].(int64); ok && n > 0 {
		s.Concurrency = int(n)
	}
	if name, ok := values["timezone"].(string); ok && name != "" {
		if zone, err := time.LoadLocation(name); err == nil {
			s.Timezone = zone
		}
	}
	return s
}
