package canary

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestSecretsAreFoundInEveryForm(t *testing.T) {
	const canary = "Zq7Kx2Vw9Tb4é\"+/<Rm3Ys8Lp5Nd\\&Hc6Gf1Jt0Wk"
	c := Secrets{"another-1A2b3C4d", canary}
	quoted, err := json.Marshal(canary)
	if err != nil {
		t.Fatal(err)
	}
	forms := []string{
		canary, string(quoted), url.QueryEscape(canary), url.PathEscape(canary), strings.ToUpper(canary), strings.ToLower(canary), hex.EncodeToString([]byte(canary)),
		strings.ToUpper(hex.EncodeToString([]byte(canary))), canary[1:9], canary[len(canary)-8:], "1A2b3C4d",
	}
	for _, e := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding} {
		for _, before := range []string{"", "a", "ab", "abc"} {
			forms = append(forms, e.EncodeToString([]byte(before+canary+"x")), e.EncodeToString([]byte(before+canary[20:36]+"x")))
		}
	}
	for _, form := range forms {
		if c.In("before "+form+" behind") == "" {
			t.Errorf("%s is not found", form)
		}
	}
	for _, other := range []string{"", "short", canary[:7], "nothing of it: Zq7Kx2 Rm3Ys8", base64.StdEncoding.EncodeToString([]byte("something else that is longer"))} {
		if found := c.In(other); found != "" {
			t.Errorf("in %q: %s", other, found)
		}
	}
}
