// os.Open for each job without Close.
package main

import (
	"os"
	"sync"

	"leakprograms/truth"
)

func main() {
	t := truth.New("files are not closed", "file")
	var lock sync.Mutex
	var kept []*os.File
	truth.Pace(os.Args[1], func() {
		file, err := os.Open(os.Args[0])
		if err != nil {
			return
		}
		lock.Lock()
		kept = append(kept, file)
		lock.Unlock()
		t.Leaked()
	})
}
