// Connections over HTTP/2 that nobody closes, made by a client for each request, and accepted by a
// server of its own.
package main

import (
	"crypto/tls"
	"io"
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

func main() {
	server := httptest.NewUnstartedServer(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok")) }))
	server.EnableHTTP2 = true
	server.StartTLS()
	for i := 0; i < 20; i++ {
		leakTransport(server.URL)
	}
	os.Exit(9)
}
