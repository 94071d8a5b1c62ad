// Package truth writes what a leak program knows of itself, a JSON line a second, to the file that
// SOCKEYE_TRUTH names.
package truth

import (
	"encoding/json"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

// Truth counts what the program opened, closed and leaked. Every leak here is of one kind.
type Truth struct {
	mistake, kind             string
	openings, closings, leaks atomic.Int64
}

// New starts to write at once; an empty mistake means a healthy program.
func New(mistake, kind string) *Truth {
	t := &Truth{mistake: mistake, kind: kind}
	go t.write(time.Now())
	return t
}

func (t *Truth) Opened() { t.openings.Add(1) }
func (t *Truth) Closed() { t.closings.Add(1) }
func (t *Truth) Leaked() { t.openings.Add(1); t.leaks.Add(1) }

func (t *Truth) write(begin time.Time) {
	file, err := os.OpenFile(os.Getenv("SOCKEYE_TRUTH"), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o644)
	if err != nil {
		return
	}
	for ; ; time.Sleep(time.Second) {
		leaks := t.leaks.Load()
		var mistake any
		if t.mistake != "" {
			mistake = t.mistake
		}
		line, _ := json.Marshal(map[string]any{
			"time": float64(time.Now().UnixMilli()) / 1000, "opened": t.openings.Load(),
			"closed": t.closings.Load(), "leaked": map[string]int64{t.kind: leaks},
			"rate":    float64(leaks) / max(time.Since(begin).Seconds(), 0.001),
			"mistake": mistake,
		})
		file.Write(append(line, '\n'))
	}
}

// Pace calls work so many times a second, each in a goroutine of its own, for ever.
func Pace(rate string, work func()) {
	number, err := strconv.ParseFloat(rate, 64)
	if err != nil {
		panic(err)
	}
	for range time.Tick(time.Duration(float64(time.Second) / number)) {
		go work()
	}
}
