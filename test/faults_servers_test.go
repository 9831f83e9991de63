package test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// misbehave answers a request badly, given the handler that would answer it well.
type misbehave func(w http.ResponseWriter, r *http.Request, next http.Handler)

// gate stands before a server. It lets requests pass, until a test breaks or holds
// those whose path contains a text.
type gate struct {
	next http.Handler

	mu     sync.Mutex
	path   string
	broken misbehave
	times  int // requests left to break; below 0: all
	hits   int
	hold   *hold
}

// hold is one request that waits.
type hold struct {
	path    string
	reached chan struct{} // closed when the request has come
	release chan struct{} // closed by the test to let it go on
	once    sync.Once
}

// breakPath makes the next requests for a path fail: so many, or all below 0.
func (g *gate) breakPath(path string, times int, how misbehave) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.path, g.times, g.broken, g.hits = path, times, how, 0
}

// holdPath makes the next request for a path wait until it is released.
func (g *gate) holdPath(path string) *hold {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.hold = &hold{path: path, reached: make(chan struct{}), release: make(chan struct{})}
	return g.hold
}

// heal ends all faults and returns how many requests they hit.
func (g *gate) heal() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hold != nil {
		g.hold.letGo()
		g.hold = nil
	}
	g.broken = nil
	return g.hits
}

func (h *hold) letGo() { h.once.Do(func() { close(h.release) }) }

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	var waiting *hold
	if g.hold != nil && strings.Contains(r.URL.Path, g.hold.path) {
		waiting, g.hold = g.hold, nil
	}
	var broken misbehave
	if g.broken != nil && g.times != 0 && strings.Contains(r.URL.Path, g.path) {
		g.times--
		g.hits++
		broken = g.broken
	}
	g.mu.Unlock()
	if waiting != nil {
		close(waiting.reached)
		select {
		case <-waiting.release:
		case <-r.Context().Done():
			return
		}
	}
	if broken != nil {
		broken(w, r, g.next)
		return
	}
	g.next.ServeHTTP(w, r)
}

// behind returns a server that shows a handler through a gate, on its own address.
func behind(t *testing.T, l net.Listener, next http.Handler) (*gate, *httptest.Server) {
	t.Helper()
	g := &gate{next: next}
	s := httptest.NewUnstartedServer(g)
	s.Config.ErrorLog = discard
	s.Config.SetKeepAlivesEnabled(false) // each request looks up the name
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(func() { g.heal(); s.Close() })
	return g, s
}

// reset ends the connection with a TCP reset in place of an answer.
func reset(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	conn.Close()
}

// status answers with a status.
func status(code int) misbehave {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		http.Error(w, "not now", code)
	}
}

// truncate announces the whole answer, sends half of it, and ends the connection.
func truncate(w http.ResponseWriter, r *http.Request, next http.Handler) {
	whole := recorded(r, next)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	body := whole.Body.Bytes()
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(whole.Code)
	w.Write(body[:len(body)/2])
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// cut sends half of the answer without saying how long it is, and ends the connection
// as if that were all.
func cut(w http.ResponseWriter, r *http.Request, next http.Handler) {
	whole := recorded(r, next)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	body := whole.Body.Bytes()
	fmt.Fprintf(conn, "HTTP/1.0 %d OK\r\nContent-Type: %s\r\n\r\n", whole.Code, whole.Header().Get("Content-Type"))
	conn.Write(body[:len(body)/2])
}

// trickle sends the answer in small pieces, over some two seconds.
func trickle(w http.ResponseWriter, r *http.Request, next http.Handler) {
	whole := recorded(r, next)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	body := whole.Body.Bytes()
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	w.WriteHeader(whole.Code)
	const pieces = 20
	tick := time.NewTicker(2 * time.Second / pieces)
	defer tick.Stop()
	for i := range pieces {
		w.Write(body[len(body)*i/pieces : len(body)*(i+1)/pieces])
		http.NewResponseController(w).Flush()
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// garble answers with as many bytes as there should be, one of them changed.
func garble(w http.ResponseWriter, r *http.Request, next http.Handler) {
	whole := recorded(r, next)
	for name, values := range whole.Header() {
		w.Header()[name] = values
	}
	body := whole.Body.Bytes()
	if len(body) > 0 {
		body[len(body)/2] ^= 1
	}
	w.WriteHeader(whole.Code)
	w.Write(body)
}

// loginPage answers as a proxy does that wants people to log in.
func loginPage(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, "<!DOCTYPE html><html><body><h1>Please log in to use this network</h1></body></html>")
}

func recorded(r *http.Request, next http.Handler) *httptest.ResponseRecorder {
	whole := httptest.NewRecorder()
	next.ServeHTTP(whole, r)
	return whole
}

// registryGate shows the lab's registry through a gate.
func registryGate(t *testing.T) (*gate, *httptest.Server) {
	t.Helper()
	to := &url.URL{Scheme: "http", Host: registry(t)}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	must(t, err)
	return behind(t, l, reverseProxy(to))
}

// nameServer answers for some names on the machine's address, until it is taken away.
type nameServer struct {
	address string
	names   map[string]netip4

	mu   sync.Mutex
	conn net.PacketConn
}

type netip4 [4]byte

func newNameServer(t *testing.T, names map[string]string) *nameServer {
	t.Helper()
	l := listen(t) // steps are given no name server of a loopback address
	defer l.Close()
	s := &nameServer{address: ipOf(l), names: map[string]netip4{}}
	for name, ip := range names {
		s.names[name+"."] = netip4(net.ParseIP(ip).To4())
	}
	s.start(t)
	t.Cleanup(s.stop)
	return s
}

func (s *nameServer) start(t *testing.T) {
	t.Helper()
	conn, err := net.ListenPacket("udp4", net.JoinHostPort(s.address, "53"))
	must(t, err)
	s.mu.Lock()
	s.conn = conn
	s.mu.Unlock()
	go s.serve(conn)
}

func (s *nameServer) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conn.Close()
}

func (s *nameServer) serve(conn net.PacketConn) {
	buffer := make([]byte, 4096)
	for {
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		if answer := s.answer(buffer[:n]); answer != nil {
			conn.WriteTo(answer, from)
		}
	}
}

// answer returns nil for what is no question.
func (s *nameServer) answer(query []byte) []byte {
	var p dnsmessage.Parser
	h, err := p.Start(query)
	if err != nil {
		return nil
	}
	q, err := p.Question()
	if err != nil {
		return nil
	}
	reply := dnsmessage.Message{Header: dnsmessage.Header{ID: h.ID, Response: true, Authoritative: true, RecursionAvailable: true}, Questions: []dnsmessage.Question{q}}
	ip, known := s.names[strings.ToLower(q.Name.String())]
	switch {
	case !known:
		reply.RCode = dnsmessage.RCodeNameError
	case q.Type == dnsmessage.TypeA:
		reply.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 0},
			Body:   &dnsmessage.AResource{A: ip},
		}}
	}
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}
