// Connections over HTTP/2 that nobody closes, made by a client for each request, and accepted by a
// server of its own; with a word, over HTTP/1 to a name that has addresses of both IP versions.
package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
)

func leakTransport(url string) {
	client := &http.Client{Transport: &http.Transport{
		ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	response, err := client.Get(url)
	if err != nil || response.ProtoMajor != 2 {
		os.Exit(1)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}

var kept []net.Conn

// Each to a name of both IP versions, whose addresses are tried at once.
func leakClient(at string) {
	client := &http.Client{Transport: &http.Transport{}}
	response, err := client.Get("http://" + at)
	if err != nil {
		os.Exit(1)
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}

func leakDial(at string) {
	connection, err := net.Dial("tcp", at)
	if err != nil {
		os.Exit(1)
	}
	kept = append(kept, connection)
}

func leakToBoth(name string) {
	listener, err := net.Listen("tcp", "[::]:0")
	if err != nil {
		os.Exit(1)
	}
	go http.Serve(listener, http.NotFoundHandler())
	at := fmt.Sprintf("%s:%d", name, listener.Addr().(*net.TCPAddr).Port)
	for i := 0; i < 20; i++ {
		leakClient(at)
		leakDial(at)
	}
	os.Exit(9)
}

func main() {
	if len(os.Args) > 1 {
		leakToBoth(os.Args[1])
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok")) }))
	server.EnableHTTP2 = true
	server.StartTLS()
	for i := 0; i < 20; i++ {
		leakTransport(server.URL)
	}
	os.Exit(9)
}
