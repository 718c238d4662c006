package actions

import (
	"errors"
	"fmt"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/payload"
)

// filesParam takes files of the delivery. Their bytes stay in memory: journal,
// log and trace show what they are.
var filesParam = behaviors.ParamSpec{
	Name: "files", Type: expression.ListOf(expression.Type{}), Help: "Files of the request, such as request.files.",
}

// files are those of the parameter of that name.
func (c *Call) files() ([]*File, error) {
	list, _ := c.Params["files"].([]any)
	var files []*File
	for i, item := range list {
		switch f := item.(type) {
		case nil: // an index that the request does not have
		case *File:
			files = append(files, f)
		default:
			return nil, mistake(fmt.Sprintf("files: item %d is no file of the request", i+1))
		}
	}
	return files, nil
}

// plainMap gives a map of nothing but what JSON has, as hosts know it: a time, a
// file or a duration in it becomes its text or its description.
func plainMap(v any) (map[string]any, error) {
	if v == nil {
		return nil, nil
	}
	text, err := expression.NewWalker(expression.Limits{}).JSON(v)
	if err != nil {
		return nil, err
	}
	plain, err := payload.ParseJSON(string(text), payload.DefaultLimits)
	if err != nil {
		return nil, err
	}
	m, ok := plain.(map[string]any)
	if !ok {
		return nil, errors.New("is no map")
	}
	return m, nil
}
