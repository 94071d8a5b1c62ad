// A new http.Transport for each request. The body is closed, the transport's idle connection is
// nobody's any more: it lives until the server closes it.
package main

import (
	"io"
	"net/http"
	"os"

	"leakprograms/truth"
)

func main() {
	t := truth.New("a Transport per request", "socket")
	truth.Pace(os.Args[2], func() {
		client := &http.Client{Transport: &http.Transport{}}
		response, err := client.Get("http://" + os.Args[1] + "/")
		if err != nil {
			return
		}
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		t.Leaked()
	})
}
