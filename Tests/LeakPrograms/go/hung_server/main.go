// http.Get without any timeout against a server that never answers.
package main

import (
	"net/http"
	"os"

	"leakprograms/truth"
)

func main() {
	t := truth.New("no response timeout", "socket")
	truth.Pace(os.Args[2], func() {
		t.Leaked()
		http.Get("http://" + os.Args[1] + "/")
	})
}
