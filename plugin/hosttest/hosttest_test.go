package hosttest

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/deskhook/deskhook/models/modelstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestGoodHost shows that the suite asks for nothing but the rules, on each
// database.
func TestGoodHost(t *testing.T) {
	modelstest.Run(t, func(t *testing.T, database *modelstest.Database) {
		server := database.Open()
		Run(t, func(t testing.TB) *Host {
			db := modelstest.Open(t)
			if database.MySQL {
				db = server
				empty(t, db)
			}
			d := newDesk(db)
			d.migrate(t)
			return d.register(t, d, d.echo)
		})
	})
}
