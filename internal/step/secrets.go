package step

import "strings"

// Secret is a build secret that a step gets as a variable of its environment. None
// is a file: what a build runs of other people's code could read it there.
type Secret struct{ ID, Env string }

// The secrets that hold the logins of many indexes.
var (
	AuthTOML = Secret{ID: "auth.toml", Env: "QUATRAIN_AUTH_TOML"} // Poetry's own file
	Netrc    = Secret{ID: "netrc", Env: "QUATRAIN_NETRC"}
)

// IndexSecrets are the secrets of one index.
type IndexSecrets struct{ Username, Password, Token, Cert, ClientCert Secret }

// SecretsOf names an index's secrets as Poetry names the variables of its
// environment (poetry/config/config.py). It keeps dots, which no shell can set: they
// become _ as well. Poetry knows no bearer tokens; that name is Quatrain's.
func SecretsOf(i Index) IndexSecrets {
	name := SecretName(i.Login)
	secret := func(id string) Secret { return Secret{id, id} }
	return IndexSecrets{
		Username:   secret("POETRY_HTTP_BASIC_" + name + "_USERNAME"),
		Password:   secret("POETRY_HTTP_BASIC_" + name + "_PASSWORD"),
		Token:      secret("POETRY_HTTP_BEARER_" + name + "_TOKEN"),
		Cert:       secret("POETRY_CERTIFICATES_" + name + "_CERT"),
		ClientCert: secret("POETRY_CERTIFICATES_" + name + "_CLIENT_CERT"),
	}
}

// SecretName returns a source's name as it is part of its secrets' names.
func SecretName(source string) string {
	return strings.NewReplacer("-", "_", ".", "_").Replace(strings.ToUpper(source))
}

// Secrets returns the secrets that a step gets to ask an index: none without a login.
func (i Index) Secrets() []Secret {
	if i.Login == "" {
		return nil
	}
	s := SecretsOf(i)
	return []Secret{s.Username, s.Password, s.Token, s.Cert, s.ClientCert, AuthTOML, Netrc}
}
