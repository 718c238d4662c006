package signatures

// Providers returns every provider, sorted by name.
func Providers() []*Provider {
	return []*Provider{
		github(),
		mailgun(),
		slack(),
	}
}
