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
	doc    operation
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
	const ok, created, noContent = http.StatusOK, http.StatusCreated, http.StatusNoContent
	page := new(pageQuery)
	return []route{
		{Route{get, "/listeners", View, false}, (*Handlers).listListeners, operation{"List listeners", page, nil, ok, new(list[listenerJSON])}},
		{Route{post, "/listeners", Manage, changes}, (*Handlers).createListener, operation{"Create a listener", nil, new(listenerPatch), created, new(listenerJSON)}},
		{Route{get, "/listeners/{id}", View, false}, (*Handlers).getListener, operation{"Get a listener", nil, nil, ok, new(listenerJSON)}},
		{Route{patch, "/listeners/{id}", Manage, changes}, (*Handlers).patchListener, operation{"Change a listener", nil, new(listenerPatch), ok, new(listenerJSON)}},
		{Route{del, "/listeners/{id}", Manage, changes}, (*Handlers).deleteListener, operation{"Delete a listener", nil, nil, noContent, nil}},
		{Route{get, "/listeners/{id}/samples", View, false}, (*Handlers).listSamples, operation{"List the samples that a listener can be sent", page, nil, ok, new(list[listenerSampleJSON])}},
		{Route{post, "/listeners/{id}/sample", Manage, changes}, (*Handlers).sendSample, operation{"Sign a sample as its provider does, and send it to the listener's URL", nil, new(sampleIn), ok, new(sampleOut)}},

		{Route{get, "/behaviors", View, false}, (*Handlers).listBehaviors, operation{"List behaviors", page, nil, ok, new(list[behaviorJSON])}},
		{Route{post, "/behaviors", Edit, changes}, (*Handlers).createBehavior, operation{"Create a behavior, as a draft", nil, new(newBehavior), created, new(behaviorJSON)}},
		{Route{post, "/behaviors/check", Edit, false}, (*Handlers).check, operation{"Say all that is wrong with a source", nil, new(checkIn), ok, new(checkOut)}},
		{Route{post, "/behaviors/format", Edit, false}, (*Handlers).format, operation{"Lay a source out anew, without changing what it says", nil, new(sourceIn), ok, new(formatOut)}},
		{Route{post, "/behaviors/outline", Edit, false}, (*Handlers).outline, operation{"Say what a source consists of, also with errors in it", nil, new(sourceIn), ok, new(outlineOut)}},
		{Route{post, "/behaviors/simulate", Edit, false}, (*Handlers).simulate, operation{"Decide about a request without touching anything", nil, new(simulateIn), ok, new(simulateOut)}},
		{Route{get, "/behaviors/{id}", View, false}, (*Handlers).getBehavior, operation{"Get a behavior", nil, nil, ok, new(behaviorJSON)}},
		{Route{patch, "/behaviors/{id}", Edit, changes}, (*Handlers).patchBehavior, operation{"Change the draft; the policy needs the permission manage", nil, new(behaviorPatch), ok, new(behaviorJSON)}},
		{Route{del, "/behaviors/{id}", Manage, changes}, (*Handlers).deleteBehavior, operation{"Delete a behavior", nil, nil, noContent, nil}},
		{Route{post, "/behaviors/{id}/publish", Edit, changes}, (*Handlers).publish, operation{"Publish the draft", nil, new(publishIn), ok, new(publishOut)}},
		{Route{get, "/behaviors/{id}/versions", View, false}, (*Handlers).listVersions, operation{"List published versions", page, nil, ok, new(list[versionJSON])}},
		{Route{get, "/behaviors/{id}/versions/{n}", View, false}, (*Handlers).getVersion, operation{"Get a published version", nil, nil, ok, new(versionJSON)}},

		{Route{get, "/deliveries", View, false}, (*Handlers).listDeliveries, operation{"List deliveries, newest first", new(deliveriesQuery), nil, ok, new(list[deliveryJSON])}},
		{Route{get, "/deliveries/{id}", View, false}, (*Handlers).getDelivery, operation{"Get a delivery with its run", new(deliveryQuery), nil, ok, new(deliveryJSON)}},

		{Route{get, "/recipes", View, false}, (*Handlers).listRecipes, operation{"List recipes", page, nil, ok, new(list[recipeJSON])}},
		{Route{post, "/recipes/{id}/install", Manage, changes}, (*Handlers).installRecipe, operation{"Make a behavior and a listener of a recipe", nil, new(installIn), created, new(installOut)}},

		{Route{get, "/secrets", Manage, false}, (*Handlers).listSecrets, operation{"List stored secrets, without their values", page, nil, ok, new(list[storedSecretJSON])}},
		{Route{put, "/secrets/{name}", Manage, changes}, (*Handlers).putSecret, operation{"Store or replace a secret", nil, new(secretIn), ok, new(storedSecretJSON)}},
		{Route{del, "/secrets/{name}", Manage, changes}, (*Handlers).deleteSecret, operation{"Delete a secret", nil, nil, noContent, nil}},

		{Route{get, "/pickers/{name}", Manage, false}, (*Handlers).pick, operation{"Search the choices of one of the host's pickers", new(pickerQuery), nil, ok, new(list[Choice])}},

		{Route{get, "/catalog", Edit, false}, (*Handlers).getCatalog, operation{"Get all that a behavior may name", nil, nil, ok, new(catalogJSON)}},
		{Route{get, "/settings", Manage, false}, (*Handlers).getSettings, operation{"Get the settings in effect", nil, nil, ok, new(settingsJSON)}},
		{Route{patch, "/settings", Manage, changes}, (*Handlers).patchSettings, operation{"Change settings; null is back to the default", nil, new(settingsPatch), ok, new(settingsJSON)}},
		{Route{get, "/audit", Manage, false}, (*Handlers).listAudit, operation{"List who changed what, newest first", page, nil, ok, new(list[auditJSON])}},
		{Route{get, "/status", View, false}, (*Handlers).getStatus, operation{"Get version and health", nil, nil, ok, new(statusJSON)}},
		{Route{get, "/openapi.json", View, false}, (*Handlers).getOpenAPI, operation{"Get this description", nil, nil, ok, new(any)}},
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
