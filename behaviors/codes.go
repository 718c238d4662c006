package behaviors

import "github.com/deskhook/deskhook/behaviors/expression"

// kind is a kind of finding: a code that is stable for ever, its wording, and
// what it means. The findings of expressions bring their own codes.
type kind struct {
	code     string
	severity expression.Severity
	wording  string // fmt, with the user's token in backquotes
	meaning  string
}

// What is wrong with the text.
var (
	tooLarge = kind{"too-large", bad, "the document has %d bytes; at most %d are allowed",
		"the source is larger than a behavior may be"}
	badCharacter = kind{"bad-character", bad, "the character U+%04X may not stand in a behavior",
		"invalid UTF-8, a control character, or a line separator that editors see differently"}
	yamlSyntax = kind{"yaml-syntax", bad, "%s",
		"the text is no YAML, for a reason that has no code of its own"}
	tooDeep = kind{"too-deep", bad, "lists and maps are nested deeper than %d",
		"the document nests too deep"}
	emptyDocument = kind{"empty-document", bad, "the document is empty",
		"there is nothing but comments"}
	severalDocuments = kind{"several-documents", bad, "a second document begins here; a behavior is one",
		"`---` separates documents"}
	directive = kind{"directive", bad, "YAML directives are not used in behaviors",
		"a line that begins with %"}
	yamlAnchor = kind{"anchor", bad, "anchors (`&%s`) are not used in behaviors",
		"an anchor"}
	yamlAlias = kind{"alias", bad, "aliases (`*%s`) are not used in behaviors",
		"an alias"}
	yamlTag = kind{"tag", bad, "tags (`%s`) are not used in behaviors",
		"a YAML tag at a literal value"}
	mergeKey = kind{"merge-key", bad, "the merge key `<<` is not used in behaviors",
		"a merge key"}
	keyNotText = kind{"key-not-text", bad, "a key must be text",
		"a key that is a list, a map, a number, true, false or null"}
	duplicateKey = kind{"duplicate-key", bad, "the key `%s` stands here twice; the first is in line %d",
		"the same key twice in a map"}
	moreFindings = kind{"more-findings", warn, "and %d more findings",
		"so many findings that the rest is left out"}
	readsAsText = kind{"reads-as-text", warn, "`%s` is text here, not %s",
		"looks like a value of another kind in some YAML, and is text here"}
)

// Where YAML and expressions collide.
var (
	commentInExpression = kind{"comment-in-expression", bad, "` #` begins a comment, so the expression ends before `%s`",
		"a # behind a space in a bare expression"}
	commentAfterExpression = kind{"comment-after-expression", warn, "what follows ` #` is a comment and no part of the expression",
		"a comment directly behind a bare expression"}
	commentAsValue = kind{"comment-as-value", bad, "`%s` is a comment, so `%s` has no value",
		"a value that begins with #"}
	tagInExpression = kind{"tag-in-expression", bad, "`!` begins a tag in YAML, so this is no expression",
		"a bare expression that begins with !"}
	mapInExpression = kind{"map-in-expression", bad, "YAML reads this as a map; `%s` takes an expression",
		"a bare expression that YAML reads as a map"}
	listInExpression = kind{"list-in-expression", bad, "YAML reads this as a list; `%s` takes an expression",
		"a bare expression that YAML reads as a list"}
	commaInFlow = kind{"comma-in-flow", bad, "a comma ends an entry of a map in braces, so the value ends before it",
		"a comma inside an unquoted value of a flow map"}
	colonInExpression = kind{"colon-in-expression", bad, "`: ` ends a key in YAML, so this is no expression",
		"a colon before a space in a bare expression"}
	colonInText = kind{"colon-in-text", bad, "`: ` ends a key in YAML, so this is no text",
		"a colon before a space in an unquoted text"}
	quoteInExpression = kind{"quote-in-expression", bad, "a value that begins with a quote ends with it, so the rest is no part of the expression",
		"a bare expression that begins with a quoted text"}
	characterInExpression = kind{"character-in-expression", bad, "an unquoted value cannot begin with %s",
		"a value that begins with a character that YAML reserves"}
	templateInFlow = kind{"template-in-flow", bad, "`${{ }}` must be quoted in a map or list in brackets, as its braces are YAML's there",
		"an unquoted ${{ }} in a flow map or list"}
	valueInFlow = kind{"value-in-flow", bad, "a value in braces must be quoted where it holds brackets, braces or quotes",
		"an unquoted value of a flow map or list that YAML cuts at a bracket or behind a quote"}
	templateInExpression = kind{"template-in-expression", bad, "`%s` is an expression already, without `${{ }}`",
		"an expression wrapped in ${{ }}"}
	templateInKey = kind{"template-in-key", bad, "a key is written out: `${{ }}` is not read in it",
		"${{ }} in a key"}
	emptyExpression = kind{"empty-expression", bad, "`%s` needs an expression",
		"nothing stands where an expression must"}
)

// What is wrong with the document.
var (
	notYet = kind{"not-yet", bad, "`%s` is not there yet",
		"part of the language that this version does not have"}
	unknownKey = kind{"unknown-key", bad, "unknown key `%s` in %s",
		"a key that this map does not have"}
	missingKey = kind{"missing-key", bad, "`%s` is missing in %s",
		"a key that must be there"}
	wrongKind = kind{"wrong-kind", bad, "%s takes %s, got %s",
		"a list where a map must be, and so on"}
	languageVersion = kind{"language-version", bad, "this is version 1 of the language, got `%s`",
		"behavior: something else than 1"}
	literalOnly = kind{"literal-only", bad, "`%s` is written out: `${{ }}` is not read in it",
		"${{ }} where a value must be known before anything runs"}
	unknownOption = kind{"unknown-option", bad, "`%s` is none of the values of `%s`",
		"a value that is not among those allowed"}
	badDuration = kind{"bad-duration", bad, "`%s` is no duration",
		"a duration that cannot be read, or is not above zero"}
	badSize = kind{"bad-size", bad, "`%s` is no size in bytes",
		"a size that cannot be read"}
	badCount = kind{"bad-count", bad, "`%s` takes a whole number from %d to %d, got `%s`",
		"a number out of its range"}
	badZone = kind{"bad-timezone", bad, "unknown time zone `%s`",
		"no IANA name of a time zone"}
	badHost = kind{"bad-host", bad, "`%s` %s",
		"an entry of hosts that is no host"}
	badName = kind{"bad-name", bad, "`%s` is no name: letters, digits and _, not beginning with a digit",
		"a name that expressions could not use"}
	nameTaken = kind{"name-taken", bad, "the name `%s` is taken: %s",
		"a name that shadows the environment, a function, a namespace or a word of the language"}
	nameTooEarly = kind{"name-too-early", bad, "`%s` has no value yet: it is set in line %d",
		"a name that is used before it exists"}
	nameOutside = kind{"name-outside-each", bad, "`%s` is a name of the `each` in line %d, and is not seen behind it",
		"a name that is used outside the each whose steps set it"}
	waitBeforeAnswer = kind{"wait-before-answer", bad, "a caller may still wait for the `respond` behind this `wait`",
		"a wait where a respond can still be reached"}
	orderBeforeAnswer = kind{"order-before-answer", warn, "a caller whose key is held gets the deadline's answer: the `respond` in line %d comes behind an action",
		"order_by together with a respond behind an effect"}
	misplaced = kind{"misplaced-key", bad, "`%s` does not fit %s",
		"a key that is known and has no meaning here"}
	wrongDefault = kind{"wrong-default", bad, "the default of `%s` %s",
		"a default that is not of the input's type"}
	badInput = kind{"bad-input", warn, "the value of the input `%s` %s",
		"a simulation was given an input that does not fit"}
)

// What is wrong with steps.
var (
	missingVerb = kind{"missing-verb", bad, "the step does nothing: it has no verb and no action",
		"a step of nothing but modifiers"}
	severalVerbs = kind{"several-verbs", bad, "a step does one thing, got `%s` and `%s`",
		"two verbs or actions in a step"}
	unknownVerb = kind{"unknown-verb", bad, "unknown verb `%s`",
		"a step whose verb does not exist"}
	absentAction = kind{"absent-action", bad, "this helpdesk does not have `%s`: it lacks the ability %s",
		"an action of the language for which the host does not implement what it needs"}
	unknownAction = kind{"unknown-action", bad, "unknown action `%s`",
		"an action that is not registered"}
	unknownParameter = kind{"unknown-parameter", bad, "`%s` has no parameter `%s`",
		"a parameter that the action does not declare"}
	missingParameter = kind{"missing-parameter", bad, "`%s` needs the parameter `%s`",
		"a required parameter that is not given"}
	wrongType = kind{"wrong-type", bad, "`%s` takes %s, got %s",
		"a value that is not of its parameter's type"}
	secretExpected = kind{"secret-expected", bad, "`%s` takes a secret",
		"a secret parameter given as plain text"}
	secretHost = kind{"secret-host", bad, "the secret `inputs.%s` is not for this URL: %s",
		"a secret that would be sent to a host that is not among those of its input"}
	signingOracle = kind{"signing-oracle", warn, "an hmac of the caller's own text is %s: whoever gets it can sign any text with the secret and send it here as genuine",
		"an hmac, by a secret, of a text that the caller chose, where it is answered or sent to another service"}
	deniedAction = kind{"denied-action", bad, "`%s` is %s",
		"an action that the behavior's policy does not allow"}
	deniedHost = kind{"denied-host", bad, "`%s` leads to %s, which is %s",
		"a call to a host that the behavior's policy does not allow; a warning where there is no policy and the host is computed"}
	secondRespond = kind{"second-respond", bad, "never sent: the `%s` in line %d always answers first",
		"two responds on one path"}
	emptyChoose = kind{"empty-choose", bad, "`choose` has no branch to choose",
		"a choose without branches"}
	elseNotLast = kind{"else-not-last", bad, "a branch without `when` is taken in any case, so none behind it ever is",
		"a branch of a choose that has no when and is not the last"}
	severalBodies = kind{"several-bodies", bad, "a response has one body, got `%s` and `%s`",
		"json and text, or other two bodies, in one respond"}
	badStatus = kind{"bad-status", bad, "`%s` is no status from 200 to 599",
		"a status that HTTP does not have"}
	badHeader = kind{"bad-header", bad, "the header `%s` %s",
		"a header that is no token, that the server writes itself, or with a value that it cannot have"}
	badBase64 = kind{"bad-encoding", bad, "this is no base64",
		"a base64 of a respond that cannot be decoded"}
	redirectStatus = kind{"redirect-status", bad, "`%s` is no status of a redirect",
		"a respond with redirect and a status that does not lead anywhere"}
	badOrigin = kind{"bad-origin", bad, "`%s` %s",
		"an entry of the origins of cors that no browser would send"}
	keepNotSecret = kind{"keep-not-secret", bad, "`keep` fills a secret input, and `%s` is none",
		"a keep of a handshake for something else than a secret input"}
	handshakeStep = kind{"handshake-step", bad, "`%s` cannot be a step of a handshake, which anybody can send",
		"a step of a handshake that is neither log nor http.request with an account"}
	badRedirect = kind{"bad-redirect", bad, "the URL of a redirect %s",
		"a redirect whose URL is not one of the web"}
)

// What is wrong with interpolations that are escaped.
var (
	interpolationInTag = kind{"interpolation-in-tag", bad, "in %s `${{ }}` may stand in %s",
		"an interpolation where escaping cannot make it safe"}
	brokenHTML = kind{"broken-html", bad, "the HTML around `${{ }}` %s",
		"HTML that ends within a tag, or that cannot be read, so that nothing in it can be made safe"}
	rawText = kind{"raw-text", warn, "`raw` keeps this from being escaped: whoever sends the value can write %s",
		"raw where something would be escaped"}
	rawWithoutEffect = kind{"raw-without-effect", warn, "`raw` has no effect here: %s",
		"raw where nothing is escaped, or not around the whole of an interpolation"}
)

const (
	bad  = expression.SeverityError
	warn = expression.SeverityWarning
)

// kinds lists every kind of finding that this package makes.
func kinds() []kind {
	return []kind{
		tooLarge, badCharacter, yamlSyntax, tooDeep, emptyDocument, severalDocuments, directive, yamlAnchor, yamlAlias,
		yamlTag, mergeKey, keyNotText, duplicateKey, moreFindings, readsAsText,
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
