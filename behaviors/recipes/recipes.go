package recipes

// Recipe is a ready-made behavior with its provider's samples.
type Recipe struct {
	ID          string // folder name: "mailgun-bounces"
	Name        string // the document's
	Provider    string // a namespace of signatures
	Description string
	Source      string
	Guide       string // set-up guide for the provider's side, Markdown
	Samples     []Sample
}

// Sample is a request file, unsigned.
type Sample struct {
	Name    string
	Request string
}

// All recipes, sorted by id. Their form of inputs is what behaviors.Compile says.
func All() []Recipe { panic("contract") }

// Get gives one, or false.
func Get(id string) (Recipe, bool) { panic("contract") }
