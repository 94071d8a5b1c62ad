// One shared client without a timeout; the body of the response is forgotten. Small bodies look
// idle until the server closes, big ones fill the receive queue.
package main

import (
	"net/http"
	"os"

	"leakprograms/truth"
)

func main() {
	t := truth.New("the response body is not closed", "socket")
	truth.Pace(os.Args[2], func() {
		response, err := http.Get("http://" + os.Args[1] + "/")
		if err != nil {
			return
		}
		_ = response.StatusCode
		t.Leaked()
	})
}
