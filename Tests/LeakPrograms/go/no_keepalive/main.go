// DisableKeepAlives, a few requests at a time: nothing leaks, each request pays a connection.
package main

import (
	"io"
	"net/http"
	"os"

	"leakprograms/truth"
)

func main() {
	t := truth.New("keep-alive is disabled", "socket")
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	truth.Pace(os.Args[2], func() {
		response, err := client.Get("http://" + os.Args[1] + "/")
		if err != nil {
			return
		}
		t.Opened()
		io.Copy(io.Discard, response.Body)
		response.Body.Close()
		t.Closed()
	})
}
