// Healthy: a net/http server under load.
package main

import (
	"net/http"
	"os"

	"leakprograms/truth"
)

func main() {
	truth.New("", "socket")
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok")) })
	panic(http.ListenAndServe(os.Args[1], nil))
}
