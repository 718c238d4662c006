package models

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// inOrder sorts a run's lines as the document has its steps, and the iterations
// of an each by their items: they go on side by side, so the time at which a line
// was written says nothing.
func inOrder(steps []*StepRow) {
	slices.SortStableFunc(steps, func(a, b *StepRow) int { return comparePaths(a.Path, b.Path) })
}

// comparePaths compares paths such as steps[2].each[10].steps[0], key by key. A
// step comes before what stands in it, and its on_error behind that.
func comparePaths(a, b string) int {
	for {
		x, restA, moreA := strings.Cut(a, ".")
		y, restB, moreB := strings.Cut(b, ".")
		if order := compareKeys(x, y); order != 0 || !moreA || !moreB {
			return cmp.Or(order, cmp.Compare(len(a), len(b)))
		}
		a, b = restA, restB
	}
}

func compareKeys(a, b string) int {
	nameA, indexA := splitKey(a)
	nameB, indexB := splitKey(b)
	switch {
	case nameA == nameB:
		return cmp.Compare(indexA, indexB)
	case nameA == "on_error":
		return 1
	case nameB == "on_error":
		return -1
	}
	return strings.Compare(nameA, nameB)
}

// splitKey cuts each[10] into its name and its number.
func splitKey(key string) (name string, index int) {
	name, rest, _ := strings.Cut(key, "[")
	index, err := strconv.Atoi(strings.TrimSuffix(rest, "]"))
	if err != nil {
		return key, 0
	}
	return name, index
}
