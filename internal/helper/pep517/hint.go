package pep517

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/quatrain-build/quatrain/internal/step"
)

// symptom is a text in a build's log, and what to do about it: packages to add, or
// advice, in which $1 stands for the pattern's group and $package for what is built.
type symptom struct {
	pattern *regexp.Regexp
	apt     []string // Debian packages that the build needs
	runtime string   // the Debian package that the running image needs then
	advice  string
}

// compiler is what every build of C code needs: Debian's gcc alone has no headers of C.
var compiler = []string{"gcc", "libc6-dev"}

// withCompiler returns the packages and those that every build of C code needs.
func withCompiler(names ...string) []string { return slices.Concat(compiler, names) }

// missingProgram matches what shells, Python and build tools say of a program that is
// not there. The name is a regular expression.
func missingProgram(name string) *regexp.Regexp {
	n := `(?:[\w-]+-linux-(?:gnu|musl)\w*-|/usr/bin/)?(?:` + name + `)`
	return regexp.MustCompile(`No such file or directory: '` + n + `'` +
		`|(?m:(?:^|[\s'"` + "`" + `])` + n + `['"]?(?: executable|:)?(?: failed)?:?(?: is| was)? (?:command )?(?:not found|No such file|not installed))` +
		`|(?:[Cc]ould not|[Cc]an'?t|[Cc]annot|[Uu]nable to) (?:find|locate|execute|run)(?: the)?(?: program| executable)? ['"` + "`" + `]?` + n + `\b` +
		`|` + n + `\S*: not found|` + n + `: command not found|did not find(?: the)? ['"]?` + n + `\b`)
}

// symptoms are in order: the first that is found counts.
var symptoms = []symptom{
	{pattern: regexp.MustCompile(`(?i)exec format error`), advice: step.NotOurs + " A version of $package with a wheel for it needs neither."},
	{pattern: regexp.MustCompile(`CERTIFICATE_VERIFY_FAILED|certificate verify failed`), advice: "Pass your company's certificate to the build: --secret id=ca,src=company-ca.pem (compose: build.secrets)."},
	{pattern: regexp.MustCompile(`fatal error: '?Python\.h|Python\.h['"]?:? (?:file )?(?:No such file|not found)`), apt: withCompiler("python3-dev")},

	// Libraries that say themselves where they are.
	{pattern: regexp.MustCompile(missingProgram("pg_config").String() + `|pg_config executable not found|pg_config is required`), apt: withCompiler("libpq-dev"), runtime: "libpq5"},
	{pattern: missingProgram("mariadb_config"), apt: withCompiler("libmariadb-dev"), runtime: "libmariadb3"},
	{pattern: regexp.MustCompile(`mysql_config[^\n]*not found|Can not find valid pkg-config name`), apt: withCompiler("default-libmysqlclient-dev", "pkg-config"), runtime: "libmariadb3"},
	{pattern: regexp.MustCompile(`(?i)please make sure the libxml2 and libxslt development packages|xslt-config[^\n]*(?:not found|No such file)|xml2-config[^\n]*(?:not found|No such file)`), apt: withCompiler("libxml2-dev", "libxslt1-dev", "zlib1g-dev"), runtime: "libxslt1.1"},
	{pattern: regexp.MustCompile(missingProgram("curl-config").String() + `|Could not run curl-config`), apt: withCompiler("libcurl4-openssl-dev", "libssl-dev"), runtime: "libcurl4"},
	{pattern: regexp.MustCompile(missingProgram("gdal-config").String() + `|gdal-config[^\n]*(?:not found|No such file)|GDAL API version must be specified`), apt: []string{"g++", "libgdal-dev"}},
	{pattern: regexp.MustCompile(missingProgram("geos-config").String() + `|geos-config[^\n]*(?:not found|No such file)`), apt: withCompiler("libgeos-dev"), runtime: "libgeos-c1v5"},
	{pattern: regexp.MustCompile(missingProgram(`llvm-config(?:-\d+)?`).String() + `|llvm-config[^\n]*(?:not found|No such file|failed executing)|Could not find a package configuration file provided by "LLVM"`), apt: []string{"g++", "llvm-dev", "cmake"}},
	{pattern: regexp.MustCompile(missingProgram("krb5-config").String() + `|krb5-config[^\n]*(?:not found|No such file)`), apt: withCompiler("libkrb5-dev"), runtime: "libgssapi-krb5-2"},
	{pattern: regexp.MustCompile(missingProgram("cups-config").String()), apt: withCompiler("libcups2-dev"), runtime: "libcups2"},
	{pattern: regexp.MustCompile(missingProgram("freetype-config").String()), apt: withCompiler("libfreetype-dev", "pkg-config"), runtime: "libfreetype6"},
	{pattern: regexp.MustCompile(`(?i)headers or library files could not be found for jpeg|RequiredDependencyException: jpeg`), apt: withCompiler("libjpeg-dev", "zlib1g-dev"), runtime: "libjpeg62-turbo"},
	{pattern: regexp.MustCompile(`(?i)headers or library files could not be found for zlib|RequiredDependencyException: zlib`), apt: withCompiler("zlib1g-dev", "libjpeg-dev"), runtime: "libjpeg62-turbo"},
	{pattern: regexp.MustCompile(`(?i)Unable to load dependency HDF5|HDF5[^\n]*(?:library|headers)[^\n]*not found|libhdf5\.so: cannot open`), apt: withCompiler("libhdf5-dev", "pkg-config")},
	{pattern: regexp.MustCompile(`(?i)sndfile[^\n]*(?:not found|cannot open|No such file)`), apt: withCompiler("libsndfile1-dev"), runtime: "libsndfile1"},
	{pattern: regexp.MustCompile(`(?i)Cannot find libsystemd or libsystemd-|Package '?libsystemd'?[^\n]*not found`), apt: withCompiler("libsystemd-dev", "pkg-config"), runtime: "libsystemd0"},
	{pattern: regexp.MustCompile(`Unable to invoke pkg-config[^\n]*xmlsec|Package '?xmlsec1'?[^\n]*not found`), apt: withCompiler("libxmlsec1-dev", "pkg-config"), runtime: "libxmlsec1-openssl"},

	// pkg-config knows a library by the name of its .pc file.
	{pattern: regexp.MustCompile(`No package '([\w.+-]+)' found|Package '?([\w.+-]+?)'?,? (?:was )?(?:not found|required by [^\n]* not found)|Dependency "?([\w.+-]+)"? not found|Dependency lookup for ([\w.+-]+) [^\n]*failed`), advice: moduleAdvice},

	// Rust, Fortran, and other programs.
	{pattern: regexp.MustCompile(missingProgram("cargo|rustc").String() + `|[Cc]an't find Rust compiler|(?:[Cc]argo|rustc)[^\n]*(?:not found|No such file|not installed)|Rust toolchain`), apt: withCompiler("cargo", "rustc")},
	{pattern: regexp.MustCompile(`rustc (?:\d[\w.]+ )?is not supported by|requires rustc \d|lock file version \W?\d\W? [^\n]*not understood|feature ` + "`edition2024`" + ` is required`), advice: "Debian's Rust is too old for this version of $package: lock one with a wheel for this Python, or set `base` to an image of a newer Debian."},
	{pattern: regexp.MustCompile(`(?i)gfortran[^\n]*(?:not found|No such file)|Unknown compiler\(s\): \[\['gfortran|no fortran compiler|Fortran compiler`), apt: withCompiler("g++", "gfortran", "libopenblas-dev", "pkg-config"), runtime: "libopenblas0"},
	{pattern: regexp.MustCompile(`No such file or directory: '[^'\n]*\+\+(?:-\d+)?'|(?:g\+\+|c\+\+|clang\+\+)[^\n]*(?:[Nn]ot found|No such file)|CMAKE_CXX_COMPILER|cc1plus`), apt: []string{"g++"}},
	{pattern: regexp.MustCompile(`(?:gcc|'cc'|\bcc|clang)[^\n]*(?:[Nn]ot found|No such file)|[Uu]nknown compiler|[Nn]o (?:working |acceptable )?C compiler|CMAKE_C_COMPILER|no acceptable C compiler|linker ` + "`cc`" + ` not found|No such file or directory: '[^'\n]*(?:cc|clang)(?:-\d+)?'`), apt: compiler},
	{pattern: missingProgram("cmake"), apt: []string{"cmake", "make", "g++"}},
	{pattern: regexp.MustCompile(`(?i)CMake must be installed|Problem with the CMake installation`), apt: []string{"cmake", "make", "g++"}},
	{pattern: regexp.MustCompile(missingProgram(`g?make`).String() + `|CMAKE_MAKE_PROGRAM is not set`), apt: withCompiler("make")},
	{pattern: regexp.MustCompile(missingProgram(`ninja`).String()), apt: withCompiler("ninja-build")},
	{pattern: regexp.MustCompile(missingProgram(`pkg-?config|pkgconf`).String() + `|Did not find pkg-config|Pkg-config (?:binary )?[^\n]*not found`), apt: withCompiler("pkg-config")},
	{pattern: regexp.MustCompile(missingProgram("git").String() + `|Cannot find command 'git'|setuptools-scm was unable to detect version`), apt: []string{"git"}},
	{pattern: missingProgram("swig"), apt: []string{"swig", "g++"}},
	{pattern: missingProgram("autoreconf|autoconf|automake|libtoolize"), apt: withCompiler("make", "autoconf", "automake", "libtool")},
	{pattern: missingProgram("protoc"), apt: []string{"protobuf-compiler"}},

	{pattern: regexp.MustCompile(`fatal error: '?((?:[\w+.-]+/)*[\w+.-]+\.h(?:pp)?)(?:: No such file|' file not found)`), advice: headerAdvice},
	{pattern: regexp.MustCompile(`cannot find (Scrt1\.o|crt1\.o|crti\.o)`), apt: compiler},
	{pattern: regexp.MustCompile(`cannot find -l([\w+.-]+)`), advice: libraryAdvice},

	// Versions of Python and of build requirements.
	{pattern: regexp.MustCompile(`No module named '?pkg_resources`), advice: "Newer versions of setuptools have no pkg_resources: set setuptools = \"<81\" in [tool.poetry.build-constraints.$package]."},
	{pattern: regexp.MustCompile(`cannot import name '\w+' from 'setuptools'|use_2to3 is invalid|module 'setuptools' has no attribute`), advice: "$package needs an older setuptools: set setuptools = \"<58\" in [tool.poetry.build-constraints.$package], or lock a newer version of it."},
	{pattern: regexp.MustCompile(`No module named 'distutils|module 'configparser' has no attribute 'SafeConfigParser'|module 'pkgutil' has no attribute 'ImpImporter'|module 'inspect' has no attribute 'getargspec'`), advice: "$package does not build on this Python: lock a newer version of it, or set an older `python` in [tool.quatrain]."},
	{pattern: regexp.MustCompile(`implicit declaration of (?:function )?['‘"` + "`" + `]_?Py\w+|has no member named ['‘]\w+['’]|too (?:few|many) arguments to function ['‘]_?Py\w+|['‘](?:PyThreadState|PyFrameObject|PyLongObject|struct _frame|struct _ts)['’]`), advice: "The C code of $package does not fit this Python: set `python` in [tool.quatrain] to an older version, for which the lock may have a wheel, or lock a newer version of $package."},
	{pattern: regexp.MustCompile(`ModuleNotFoundError: No module named '([\w.]+)'`), advice: "Use a release that lists $1 as a build requirement, or one with a wheel."},
	{pattern: noNetwork, advice: networkAdvice},
	{pattern: regexp.MustCompile(`No matching distribution found for ([^\s]+)|Could not find a version that satisfies the requirement ([^\s]+)`), advice: "Check [tool.poetry.build-constraints], and that the project's primary or supplemental sources have the build requirement."},
}

// Advice about a library whose Debian package is looked up by what $1 is.
const (
	headerAdvice  = "The header $1 is missing: add the Debian package that has it to `apt` in [tool.quatrain.build]."
	libraryAdvice = "The library $1 is missing: add its Debian package, often lib$1-dev, to `apt` in [tool.quatrain.build]."
	moduleAdvice  = "pkg-config does not find $1: add the Debian package that has $1.pc to `apt` in [tool.quatrain.build]."
)

// lookUp are the tables behind each such advice.
var lookUp = map[string]func(string) string{
	headerAdvice:  headerPackage,
	libraryAdvice: func(name string) string { return libraries[name] },
	moduleAdvice:  func(name string) string { return modules[name] },
}

// headers are Debian's packages of headers that sdists often want, by the start of the
// header's name.
var headers = map[string]string{
	"libpq-fe.h": "libpq-dev", "pg_config": "libpq-dev", "postgres_ext.h": "libpq-dev", "ffi.h": "libffi-dev",
	"openssl/": "libssl-dev", "mysql.h": "default-libmysqlclient-dev", "mysql/": "default-libmysqlclient-dev",
	"libxml/": "libxml2-dev", "libxslt/": "libxslt1-dev", "zlib.h": "zlib1g-dev", "jpeglib.h": "libjpeg-dev",
	"png.h": "libpng-dev", "tiff": "libtiff-dev", "webp/": "libwebp-dev",
	"ldap.h": "libldap2-dev", "lber.h": "libldap2-dev", "sasl": "libsasl2-dev", "yaml.h": "libyaml-dev",
	"snappy": "libsnappy-dev", "leveldb/": "libleveldb-dev", "geos_c.h": "libgeos-dev", "gdal": "libgdal-dev", "portaudio.h": "portaudio19-dev",
	"proj.h": "libproj-dev", "spatialindex/": "libspatialindex-dev", "sndfile.h": "libsndfile1-dev",
	"curl/": "libcurl4-openssl-dev", "sqlite3.h": "libsqlite3-dev", "bzlib.h": "libbz2-dev", "lzma.h": "liblzma-dev", "zstd.h": "libzstd-dev", "lz4": "liblz4-dev",
	"librdkafka/": "librdkafka-dev", "cairo": "libcairo2-dev", "xmlsec/": "libxmlsec1-dev", "krb5": "libkrb5-dev",
	"gssapi": "libkrb5-dev", "sql.h": "unixodbc-dev", "sqlext.h": "unixodbc-dev", "hdf5": "libhdf5-dev", "magic.h": "libmagic-dev", "event.h": "libevent-dev",
	"ft2build.h": "libfreetype-dev", "freetype": "libfreetype-dev", "alsa/": "libasound2-dev", "cups/": "libcups2-dev", "systemd/": "libsystemd-dev",
	"dbus/": "libdbus-1-dev", "glib.h": "libglib2.0-dev", "girepository": "libgirepository1.0-dev", "sodium.h": "libsodium-dev", "gmp.h": "libgmp-dev", "mpfr.h": "libmpfr-dev", "mpc.h": "libmpc-dev",
	"readline/": "libreadline-dev", "ncurses.h": "libncurses-dev", "curses.h": "libncurses-dev", "usb.h": "libusb-dev", "libusb": "libusb-1.0-0-dev",
	"bluetooth/": "libbluetooth-dev", "pcap": "libpcap-dev", "zmq.h": "libzmq3-dev", "re2/": "libre2-dev", "db.h": "libdb-dev", "gdbm.h": "libgdbm-dev",
	"linux/": "linux-libc-dev", "X11/": "libx11-dev", "boost/": "libboost-all-dev", "Eigen/": "libeigen3-dev", "cblas.h": "libopenblas-dev", "fftw3.h": "libfftw3-dev",
	"memcached": "libmemcached-dev", "libmemcached/": "libmemcached-dev", "augeas.h": "libaugeas-dev", "libvirt/": "libvirt-dev", "pango/": "libpango1.0-dev", "enchant": "libenchant-2-dev",
	"sys/acl.h": "libacl1-dev", "sys/capability.h": "libcap-dev", "attr/": "libattr1-dev", "uuid/": "uuid-dev", "security/pam": "libpam0g-dev", "seccomp.h": "libseccomp-dev",
}

// cHeaders are headers of C and Linux, which libc6-dev has.
var cHeaders = regexp.MustCompile(`^(?:assert|complex|ctype|dirent|dlfcn|endian|errno|fcntl|features|float|getopt|grp|ifaddrs|inttypes|langinfo|limits|locale|malloc|math|memory|netdb|poll|pthread|pwd|sched|semaphore|setjmp|signal|stdint|stdio|stdlib|string|strings|syslog|termios|time|unistd|utime|wchar|wctype|(?:sys|net|netinet|arpa|bits|gnu|asm|netpacket)/.*)\.h$`)

// libraries are Debian's packages by what the linker is asked for.
var libraries = map[string]string{
	"pq": "libpq-dev", "ffi": "libffi-dev", "ssl": "libssl-dev", "crypto": "libssl-dev", "z": "zlib1g-dev", "xml2": "libxml2-dev", "xslt": "libxslt1-dev", "exslt": "libxslt1-dev",
	"mysqlclient": "default-libmysqlclient-dev", "mariadb": "libmariadb-dev", "jpeg": "libjpeg-dev", "png": "libpng-dev", "ldap": "libldap2-dev", "ldap_r": "libldap2-dev", "lber": "libldap2-dev", "sasl2": "libsasl2-dev",
	"snappy": "libsnappy-dev", "leveldb": "libleveldb-dev", "rdkafka": "librdkafka-dev", "curl": "libcurl4-openssl-dev", "sqlite3": "libsqlite3-dev", "bz2": "libbz2-dev", "lzma": "liblzma-dev",
	"odbc": "unixodbc-dev", "portaudio": "portaudio19-dev", "asound": "libasound2-dev", "cups": "libcups2-dev", "systemd": "libsystemd-dev", "gssapi_krb5": "libkrb5-dev", "krb5": "libkrb5-dev",
	"freetype": "libfreetype-dev", "hdf5": "libhdf5-dev", "sndfile": "libsndfile1-dev", "gdal": "libgdal-dev", "geos_c": "libgeos-dev", "yaml": "libyaml-dev", "magic": "libmagic-dev", "openblas": "libopenblas-dev", "blas": "libblas-dev", "lapack": "liblapack-dev",
	"stdc++": "g++", "m": "libc6-dev", "c": "libc6-dev", "pthread": "libc6-dev", "dl": "libc6-dev", "gmp": "libgmp-dev", "sodium": "libsodium-dev", "zstd": "libzstd-dev", "lz4": "liblz4-dev",
}

// modules are Debian's packages by the name that pkg-config is asked for.
var modules = map[string]string{
	"libpq": "libpq-dev", "libffi": "libffi-dev", "openssl": "libssl-dev", "libssl": "libssl-dev", "zlib": "zlib1g-dev", "libxml-2.0": "libxml2-dev", "libxslt": "libxslt1-dev",
	"mysqlclient": "default-libmysqlclient-dev", "libmariadb": "libmariadb-dev", "freetype2": "libfreetype-dev", "hdf5": "libhdf5-dev", "cairo": "libcairo2-dev", "py3cairo": "libcairo2-dev", "pangocairo": "libpango1.0-dev",
	"xmlsec1": "libxmlsec1-dev", "libsystemd": "libsystemd-dev", "libcurl": "libcurl4-openssl-dev", "sqlite3": "libsqlite3-dev", "dbus-1": "libdbus-1-dev", "glib-2.0": "libglib2.0-dev", "gobject-introspection-1.0": "libgirepository1.0-dev", "girepository-2.0": "libgirepository-2.0-dev",
	"alsa": "libasound2-dev", "libsndfile": "libsndfile1-dev", "portaudio-2.0": "portaudio19-dev", "rdkafka": "librdkafka-dev", "krb5-gssapi": "libkrb5-dev", "libsodium": "libsodium-dev", "libvirt": "libvirt-dev", "openblas": "libopenblas-dev", "odbc": "unixodbc-dev",
	"libpng": "libpng-dev", "libjpeg": "libjpeg-dev", "libpcap": "libpcap-dev", "libzmq": "libzmq3-dev", "libav": "libavformat-dev", "libavformat": "libavformat-dev", "libavcodec": "libavcodec-dev", "libavdevice": "libavdevice-dev",
}

// system the build runs on, as far as hints depend on it.
type distro int

const (
	debian distro = iota
	alpine
)

// readDistro returns the system of this step's base image.
func readDistro() distro {
	if _, err := os.Stat("/etc/alpine-release"); err == nil {
		return alpine
	}
	return debian
}

// hint finds what fits a failed build's log, "" where nothing does.
func hint(log, pkg string, on distro) string {
	for _, s := range symptoms {
		m := s.pattern.FindStringSubmatch(log)
		if m == nil {
			continue
		}
		found := strings.Join(m[1:], "")
		if table := lookUp[s.advice]; table != nil {
			if name := table(found); name != "" {
				s.apt = add(name)
			}
		}
		if len(s.apt) == 0 && on == alpine && lookUp[s.advice] != nil {
			return glibcAdvice
		}
		if len(s.apt) > 0 {
			return s.packages(on)
		}
		return strings.NewReplacer("$1", found, "$package", pkg).Replace(s.advice)
	}
	return ""
}

// add returns a package together with the compiler that uses it.
func add(name string) []string {
	switch {
	case name == "g++":
		return []string{name}
	case slices.Contains(compiler, name):
		return compiler
	}
	return withCompiler(name)
}

const glibcAdvice = "Set `base` in [tool.quatrain] to a Debian image such as \"python:{python}-slim\": more packages have wheels for it, and build packages can be added."

// packages names all that a build of this kind needs, so that it does not fail once more
// for the next of them.
func (s symptom) packages(on distro) string {
	if on == alpine {
		return glibcAdvice
	}
	var quoted []string
	for _, name := range s.apt {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	text := fmt.Sprintf("Add apt = [%s] to [tool.quatrain.build]: only build steps get it, not the image.", strings.Join(quoted, ", "))
	if s.runtime != "" {
		text += fmt.Sprintf(" The running image needs %q in `apt` of [tool.quatrain].", s.runtime)
	}
	return text
}

func headerPackage(header string) string {
	if cHeaders.MatchString(header) {
		return "libc6-dev"
	}
	var prefixes []string
	for prefix := range headers {
		if strings.HasPrefix(header, prefix) {
			prefixes = append(prefixes, prefix)
		}
	}
	if len(prefixes) == 0 {
		return ""
	}
	return headers[slices.MaxFunc(prefixes, func(a, b string) int { return len(a) - len(b) })]
}
