package handlers

import (
	"net/http"
	"slices"
	"strings"
)

// Route is a row of the route table; the authorization matrix is tested over it.
type Route struct {
	Method, Path string // of the path, {name} stands for one segment
	Permission   Permission
	Changes      bool // needs the CSRF token from a session
}

// route is a Route with what serves it.
type route struct {
	Route
	handle func(*Handlers, *call) error
}

// Routes of the admin API.
func Routes() []Route {
	var rs []Route
	for _, r := range routes() {
		rs = append(rs, r.Route)
	}
	return rs
}

func routes() []route {
	const get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	const changes = true
	return []route{
		{Route{get, "/listeners", View, false}, (*Handlers).listListeners},
		{Route{post, "/listeners", Manage, changes}, (*Handlers).createListener},
		{Route{get, "/listeners/{id}", View, false}, (*Handlers).getListener},
		{Route{patch, "/listeners/{id}", Manage, changes}, (*Handlers).patchListener},
		{Route{del, "/listeners/{id}", Manage, changes}, (*Handlers).deleteListener},

		{Route{get, "/behaviors", View, false}, (*Handlers).listBehaviors},
		{Route{post, "/behaviors", Edit, changes}, (*Handlers).createBehavior},
		{Route{post, "/behaviors/check", Edit, false}, (*Handlers).check},
		{Route{post, "/behaviors/simulate", Edit, false}, (*Handlers).simulate},
		{Route{get, "/behaviors/{id}", View, false}, (*Handlers).getBehavior},
		{Route{patch, "/behaviors/{id}", Edit, changes}, (*Handlers).patchBehavior},
		{Route{del, "/behaviors/{id}", Manage, changes}, (*Handlers).deleteBehavior},
		{Route{post, "/behaviors/{id}/publish", Edit, changes}, (*Handlers).publish},
		{Route{get, "/behaviors/{id}/versions", View, false}, (*Handlers).listVersions},
		{Route{get, "/behaviors/{id}/versions/{n}", View, false}, (*Handlers).getVersion},

		{Route{get, "/deliveries", View, false}, (*Handlers).listDeliveries},
		{Route{get, "/deliveries/{id}", View, false}, (*Handlers).getDelivery},

		{Route{get, "/recipes", View, false}, (*Handlers).listRecipes},
		{Route{post, "/recipes/{id}/install", Manage, changes}, (*Handlers).installRecipe},

		{Route{get, "/secrets", Manage, false}, (*Handlers).listSecrets},
		{Route{put, "/secrets/{name}", Manage, changes}, (*Handlers).putSecret},
		{Route{del, "/secrets/{name}", Manage, changes}, (*Handlers).deleteSecret},

		{Route{get, "/catalog", Edit, false}, (*Handlers).getCatalog},
		{Route{get, "/status", View, false}, (*Handlers).getStatus},
	}
}

// unrouted answers what no route took: 405 where the path is known, else 404.
func unrouted(w http.ResponseWriter, path string) error {
	var allowed []string
	for _, r := range routes() {
		if matches(r.Path, path) {
			allowed = append(allowed, r.Method)
		}
	}
	if allowed == nil {
		return notFound()
	}
	slices.Sort(allowed)
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return &Problem{Status: http.StatusMethodNotAllowed, Title: "This is called by another method.", Detail: "allowed: " + strings.Join(allowed, ", ")}
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if segment != got[i] && (!strings.HasPrefix(segment, "{") || got[i] == "") {
			return false
		}
	}
	return true
}
