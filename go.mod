module github.com/quatrain-build/quatrain

go 1.26.8

require (
	github.com/agext/levenshtein v1.2.3 // indirect
	github.com/google/go-cmp v0.7.0 // indirect
	github.com/moby/buildkit v0.34.2 // indirect
	github.com/pelletier/go-toml/v2 v2.4.3 // indirect
	github.com/rogpeppe/go-internal v1.16.0 // indirect
	golang.org/x/tools v0.52.0 // indirect
)
