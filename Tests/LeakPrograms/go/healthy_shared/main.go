// Healthy: one client for all, the bodies are read and closed.
package main

import (
	"io"
	"net/http"
	"os"

	"leakprograms/truth"
)

func main() {
	t := truth.New("", "socket")
	truth.Pace(os.Args[2], func() {
		response, err := http.Get("http://" + os.Args[1] + "/")
		if err != nil {
			return
		}
		t.Opened()
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		t.Closed()
	})
}
