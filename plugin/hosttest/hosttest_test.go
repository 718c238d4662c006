package hosttest

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/deskhook/deskhook/models/modelstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestGoodHost shows that the suite asks for nothing but the rules. It begins
// without tables; plugin/devhost passes on MariaDB too.
func TestGoodHost(t *testing.T) {
	t.Parallel()
	Run(t, func(t testing.TB) *Host {
		d := newDesk(modelstest.Open(t))
		d.migrate(t)
		return d.register(t, d, d.echo)
	})
}
