package recipes_test

import (
	"testing"

	"github.com/deskhook/deskhook/behaviors/behaviortest"
)

func TestCases(t *testing.T) { behaviortest.Run(t, "*/*.txtar", catalog(t)) }
