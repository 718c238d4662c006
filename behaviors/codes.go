package behaviors

import (
	"slices"

	"github.com/deskhook/deskhook/behaviors/expression"
)

// kind is a kind of finding: a code that is stable for ever, its wording, what it
// means and what to do. The findings of expressions bring their own codes.
type kind struct {
	code     string
	severity expression.Severity
	wording  string // fmt, with the user's token in backquotes
	meaning  string
	remedy   string // in general; a finding may suggest more
}

// What is wrong with the text.
var (
	tooLarge = kind{"too-large", bad, "the document has %d bytes; at most %d are allowed",
		"the source is larger than a behavior may be",
		"divide it into behaviors of their own"}
	badCharacter = kind{"bad-character", bad, "the character U+%04X may not stand in a behavior",
		"invalid UTF-8, a control character, or a line separator that editors see differently",
		"type the line anew, without what was pasted"}
	yamlSyntax = kind{"yaml-syntax", bad, "%s",
		"the text is no YAML, for a reason that has no code of its own",
		"check indentation, quotes and brackets there and in the line above"}
	tooDeep = kind{"too-deep", bad, "lists and maps are nested deeper than %d",
		"the document nests too deep",
		"make a list of flat steps, and name values by let"}
	emptyDocument = kind{"empty-document", bad, "the document is empty",
		"there is nothing but comments",
		"begin with behavior: 1"}
	severalDocuments = kind{"several-documents", bad, "a second document begins here; a behavior is one",
		"`---` separates documents",
		"make it a behavior of its own"}
	directive = kind{"directive", bad, "YAML directives are not used in behaviors",
		"a line that begins with %",
		"remove the line"}
	yamlAnchor = kind{"anchor", bad, "anchors (`&%s`) are not used in behaviors",
		"an anchor",
		"write the value where it is needed, or name it by let"}
	yamlAlias = kind{"alias", bad, "aliases (`*%s`) are not used in behaviors",
		"an alias",
		"write the value out, or name it by let; quote a text that begins with *"}
	yamlTag = kind{"tag", bad, "tags (`%s`) are not used in behaviors",
		"a YAML tag at a literal value",
		"put the value in quotes"}
	mergeKey = kind{"merge-key", bad, "the merge key `<<` is not used in behaviors",
		"a merge key",
		"write the keys out"}
	keyNotText = kind{"key-not-text", bad, "a key must be text",
		"a key that is a list, a map, a number, true, false or null",
		"quote the key"}
	duplicateKey = kind{"duplicate-key", bad, "the key `%s` stands here twice; the first is in line %d",
		"the same key twice in a map",
		"keep one of them"}
	notFormatted = kind{"not-formatted", bad, "%s",
		"the document may compile, and is written in a way that formatting leaves alone",
		"write keys without ?, and values without tags"}
	moreFindings = kind{"more-findings", warn, "and %d more findings",
		"so many findings that the rest is left out",
		"mend those that are shown first"}
	readsAsText = kind{"reads-as-text", warn, "`%s` is text here, not %s",
		"looks like a value of another kind in some YAML, and is text here",
		"quote it if it is meant as text, or write it as JSON would"}
)

// Where YAML and expressions collide.
var (
	commentInExpression = kind{"comment-in-expression", bad, "` #` begins a comment, so the expression ends before `%s`",
		"a # behind a space in a bare expression",
		"put the expression in quotes"}
	commentAfterExpression = kind{"comment-after-expression", warn, "what follows ` #` is a comment and no part of the expression",
		"a comment directly behind a bare expression",
		"put the comment on a line of its own"}
	commentAsValue = kind{"comment-as-value", bad, "`%s` is a comment, so `%s` has no value",
		"a value that begins with #",
		"put the value in quotes"}
	tagInExpression = kind{"tag-in-expression", bad, "`!` begins a tag in YAML, so this is no expression",
		"a bare expression that begins with !",
		"put the expression in quotes, or write not for !"}
	mapInExpression = kind{"map-in-expression", bad, "YAML reads this as a map; `%s` takes an expression",
		"a bare expression that YAML reads as a map",
		"put the expression in quotes"}
	listInExpression = kind{"list-in-expression", bad, "YAML reads this as a list; `%s` takes an expression",
		"a bare expression that YAML reads as a list",
		"put the expression in quotes"}
	commaInFlow = kind{"comma-in-flow", bad, "a comma ends an entry of a map in braces, so the value ends before it",
		"a comma inside an unquoted value of a flow map",
		"put the value in quotes"}
	colonInExpression = kind{"colon-in-expression", bad, "`: ` ends a key in YAML, so this is no expression",
		"a colon before a space in a bare expression",
		"put the expression in quotes"}
	colonInText = kind{"colon-in-text", bad, "`: ` ends a key in YAML, so this is no text",
		"a colon before a space in an unquoted text",
		"put the text in quotes"}
	quoteInExpression = kind{"quote-in-expression", bad, "a value that begins with a quote ends with it, so the rest is no part of the expression",
		"a bare expression that begins with a quoted text",
		"put all of it in quotes"}
	characterInExpression = kind{"character-in-expression", bad, "an unquoted value cannot begin with %s",
		"a value that begins with a character that YAML reserves",
		"put the value in quotes"}
	templateInFlow = kind{"template-in-flow", bad, "`${{ }}` must be quoted in a map or list in brackets, as its braces are YAML's there",
		"an unquoted ${{ }} in a flow map or list",
		"put the value in quotes"}
	valueInFlow = kind{"value-in-flow", bad, "a value in braces must be quoted where it holds brackets, braces or quotes",
		"an unquoted value of a flow map or list that YAML cuts at a bracket or behind a quote",
		"put the value in quotes"}
	templateInExpression = kind{"template-in-expression", bad, "`%s` is an expression already, without `${{ }}`",
		"an expression wrapped in ${{ }}",
		"leave out ${{ and }}"}
	templateInKey = kind{"template-in-key", bad, "a key is written out: `${{ }}` is not read in it",
		"${{ }} in a key",
		"write the key out, or build the map in an expression"}
	emptyExpression = kind{"empty-expression", bad, "`%s` needs an expression",
		"nothing stands where an expression must",
		"write one, or remove the key"}
)

// What is wrong with the document.
var (
	notYet = kind{"not-yet", bad, "`%s` is not there yet",
		"part of the language that this version does not have",
		"do without it for now"}
	unknownKey = kind{"unknown-key", bad, "unknown key `%s` in %s",
		"a key that this map does not have",
		"see the keys of that map on this page"}
	missingKey = kind{"missing-key", bad, "`%s` is missing in %s",
		"a key that must be there",
		"add it"}
	wrongKind = kind{"wrong-kind", bad, "%s takes %s, got %s",
		"a list where a map must be, and so on",
		"write what it takes"}
	languageVersion = kind{"language-version", bad, "this is version 1 of the language, got `%s`",
		"behavior: something else than 1",
		"write behavior: 1"}
	literalOnly = kind{"literal-only", bad, "`%s` is written out: `${{ }}` is not read in it",
		"${{ }} where a value must be known before anything runs",
		"write the value out"}
	unknownOption = kind{"unknown-option", bad, "`%[2]s` does not take `%[1]s`",
		"a value that is not among those allowed",
		"choose one of those that the suggestion names"}
	badDuration = kind{"bad-duration", bad, "`%s` is no duration",
		"a duration that cannot be read, or is not above zero",
		"write it as 500ms, 8s, 5m or 1h30m"}
	badSize = kind{"bad-size", bad, "`%s` is no size in bytes",
		"a size that cannot be read",
		"write bytes, or a number with kB, MB, KiB or MiB"}
	badCount = kind{"bad-count", bad, "`%s` takes a whole number from %d to %d, got `%s`",
		"a number out of its range",
		"write a whole number within the bounds"}
	badZone = kind{"bad-timezone", bad, "unknown time zone `%s`",
		"no IANA name of a time zone",
		"write an IANA name such as Europe/Berlin"}
	badHost = kind{"bad-host", bad, "`%s` %s",
		"an entry of hosts that is no host",
		"write a host's name such as api.example.com, without scheme and path"}
	badName = kind{"bad-name", bad, "`%s` is no name: letters, digits and _, not beginning with a digit",
		"a name that expressions could not use",
		"begin with a letter, and use letters, digits and _"}
	nameTaken = kind{"name-taken", bad, "the name `%s` is taken: %s",
		"a name that shadows the environment, a function, a namespace or a word of the language",
		"choose another name"}
	nameTooEarly = kind{"name-too-early", bad, "`%s` has no value yet: it is set in line %d",
		"a name that is used before it exists",
		"use it behind the step that sets it"}
	nameOutside = kind{"name-outside-each", bad, "`%s` is a name of the `each` in line %d, and is not seen behind it",
		"a name that is used outside the each whose steps set it",
		"use it within the steps of the each"}
	waitBeforeAnswer = kind{"wait-before-answer", bad, "a caller may still wait for the `respond` behind this `wait`",
		"a wait where a respond can still be reached",
		"move the respond above the wait"}
	orderBeforeAnswer = kind{"order-before-answer", warn, "a caller whose key is held gets the deadline's answer: the `respond` in line %d comes behind an action",
		"order_by together with a respond behind an effect",
		"answer before the first action"}
	misplaced = kind{"misplaced-key", bad, "`%s` does not fit %s",
		"a key that is known and has no meaning here",
		"move it to what it belongs to"}
	wrongDefault = kind{"wrong-default", bad, "the default of `%s` %s",
		"a default that is not of the input's type",
		"write a value of the input's type"}
	badInput = kind{"bad-input", warn, "the value of the input `%s` %s",
		"a simulation was given an input that does not fit",
		"give a value of the input's type"}
)

// What is wrong with steps.
var (
	missingVerb = kind{"missing-verb", bad, "the step does nothing: it has no verb and no action",
		"a step of nothing but modifiers",
		"add an action or a verb"}
	severalVerbs = kind{"several-verbs", bad, "a step does one thing, got `%s` and `%s`",
		"two verbs or actions in a step",
		"make a step of each"}
	unknownVerb = kind{"unknown-verb", bad, "unknown verb `%s`",
		"a step whose verb does not exist",
		"see Steps"}
	absentAction = kind{"absent-action", bad, "this helpdesk does not have `%s`: it lacks the ability %s",
		"an action of the language for which the host does not implement what it needs",
		"do without it: the helpdesk has to be able to do it first"}
	unknownAction = kind{"unknown-action", bad, "unknown action `%s`",
		"an action that is not registered",
		"see Actions"}
	unknownParameter = kind{"unknown-parameter", bad, "`%s` has no parameter `%s`",
		"a parameter that the action does not declare",
		"see the action's parameters"}
	missingParameter = kind{"missing-parameter", bad, "`%s` needs the parameter `%s`",
		"a required parameter that is not given",
		"add it"}
	wrongType = kind{"wrong-type", bad, "`%s` takes %s, got %s",
		"a value that is not of its parameter's type",
		"give a value of the parameter's type"}
	secretExpected = kind{"secret-expected", bad, "`%s` takes a secret",
		"a secret parameter given as plain text",
		"declare an input of type secret, and write it alone, as ${{ inputs.NAME }}"}
	secretHost = kind{"secret-host", bad, "the secret `inputs.%s` is not for this URL: %s",
		"a secret that would be sent to a host that is not among those of its input",
		"send it to one of its hosts, or add this one to hosts of the input"}
	signingOracle = kind{"signing-oracle", warn, "an hmac of the caller's own text is %s: whoever gets it can sign any text with the secret and send it here as genuine",
		"an hmac, by a secret, of a text that the caller chose, where it is answered or sent to another service",
		"compare it by equal_secure instead of sending it"}
	deniedAction = kind{"denied-action", bad, "`%s` is %s",
		"an action that the behavior's policy does not allow",
		"do without it, or ask somebody who may manage to change the policy"}
	deniedHost = kind{"denied-host", bad, "`%s` leads to %s, which is %s",
		"a call to a host that the behavior's policy does not allow; a warning where there is no policy and the host is computed",
		"write the host out, or ask somebody who may manage to allow it"}
	secondRespond = kind{"second-respond", bad, "never sent: the `%s` in line %d always answers first",
		"two responds on one path",
		"remove it, or give the first one a when"}
	emptyChoose = kind{"empty-choose", bad, "`choose` has no branch to choose",
		"a choose without branches",
		"write a list of when and steps"}
	elseNotLast = kind{"else-not-last", bad, "a branch without `when` is taken in any case, so none behind it ever is",
		"a branch of a choose that has no when and is not the last",
		"give it a when, or make it the last branch"}
	severalBodies = kind{"several-bodies", bad, "a response has one body, got `%s` and `%s`",
		"json and text, or other two bodies, in one respond",
		"keep one of them"}
	badStatus = kind{"bad-status", bad, "`%s` is no status from 200 to 599",
		"a status that HTTP does not have",
		"write a number from 200 to 599"}
	badHeader = kind{"bad-header", bad, "the header `%s` %s",
		"a header that is no token, that the server writes itself, or with a value that it cannot have",
		"leave it out, or write a name and a value that HTTP can carry"}
	badBase64 = kind{"bad-encoding", bad, "this is no base64",
		"a base64 of a respond that cannot be decoded",
		"write base64 of the standard alphabet, or a text as text"}
	redirectStatus = kind{"redirect-status", bad, "`%s` is no status of a redirect",
		"a respond with redirect and a status that does not lead anywhere",
		"leave it out for 303, or choose 301, 302, 307 or 308"}
	badOrigin = kind{"bad-origin", bad, "`%s` %s",
		"an entry of the origins of cors that no browser would send",
		"write scheme, host and port as browsers send them, such as https://www.example.com"}
	keepNotSecret = kind{"keep-not-secret", bad, "`keep` fills a secret input, and `%s` is none",
		"a keep of a handshake for something else than a secret input",
		"declare an input of type secret"}
	handshakeStep = kind{"handshake-step", bad, "`%s` cannot be a step of a handshake, which anybody can send",
		"a step of a handshake that is neither log nor http.request with an account",
		"keep to log, and to http.request with an account"}
	badRedirect = kind{"bad-redirect", bad, "the URL of a redirect %s",
		"a redirect whose URL is not one of the web",
		"begin with https://, http:// or /"}
)

// What is wrong with interpolations that are escaped.
var (
	interpolationInTag = kind{"interpolation-in-tag", bad, "in %s `${{ }}` may stand in %s",
		"an interpolation where escaping cannot make it safe",
		"move it into an attribute in quotes, or between tags"}
	brokenHTML = kind{"broken-html", bad, "the HTML around `${{ }}` %s",
		"HTML that ends within a tag, or that cannot be read, so that nothing in it can be made safe",
		"close the tag, the quote or the comment"}
	rawText = kind{"raw-text", warn, "`raw` keeps this from being escaped: whoever sends the value can write %s",
		"raw where something would be escaped",
		"leave it out, unless the value cannot come from outside"}
	rawWithoutEffect = kind{"raw-without-effect", warn, "`raw` has no effect here: %s",
		"raw where nothing is escaped, or not around the whole of an interpolation",
		"leave it out"}
)

const (
	bad  = expression.SeverityError
	warn = expression.SeverityWarning
)

// Code is a kind of finding, for those who look it up.
type Code struct {
	Code     string
	Severity expression.Severity // the usual one
	Meaning  string
	Remedy   string
}

// Codes are the kinds of findings, those of expressions behind this package's.
func Codes() []Code {
	var list []Code
	for _, k := range kinds() {
		list = append(list, Code{k.code, k.severity, k.meaning, k.remedy})
	}
	for _, p := range expression.Problems() {
		if !slices.ContainsFunc(list, func(c Code) bool { return c.Code == p.Code }) {
			list = append(list, Code{p.Code, bad, p.Meaning, p.Remedy})
		}
	}
	return list
}

// kinds lists every kind of finding that this package makes.
func kinds() []kind {
	return []kind{
		tooLarge, badCharacter, yamlSyntax, tooDeep, emptyDocument, severalDocuments, directive, yamlAnchor, yamlAlias,
		yamlTag, mergeKey, keyNotText, duplicateKey, notFormatted, moreFindings, readsAsText,
		commentInExpression, commentAfterExpression, commentAsValue, tagInExpression, mapInExpression, listInExpression,
		commaInFlow, colonInExpression, colonInText, quoteInExpression, characterInExpression, templateInFlow, valueInFlow,
		templateInExpression, templateInKey, emptyExpression,
		notYet, unknownKey, missingKey, wrongKind, languageVersion, literalOnly, unknownOption, badDuration, badSize,
		badCount, badZone, badHost, badName, nameTaken, nameTooEarly, nameOutside, waitBeforeAnswer, orderBeforeAnswer, misplaced, wrongDefault, badInput,
		missingVerb, severalVerbs, unknownVerb, absentAction, unknownAction, unknownParameter, missingParameter, wrongType,
		secretExpected, secretHost, signingOracle, deniedAction, deniedHost, secondRespond, emptyChoose, elseNotLast,
		severalBodies, badStatus, badHeader, badBase64, redirectStatus, badRedirect,
		badOrigin, keepNotSecret, handshakeStep,
		interpolationInTag, brokenHTML, rawText, rawWithoutEffect,
	}
}
