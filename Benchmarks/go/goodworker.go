// A monitor worker as good Go code has it: one shared http.Client with a bounded keep-alive pool,
// bodies read to their end, a fixed number of goroutines. It is what Sockeye is measured against.
//
//	goodworker -c 64 -d 10s -target '127.0.0.1 8080 monitor.test http /'
//	goodworker -c 256 -d 60s -interval 10s -targets FILE -maxidle 0
//
// FILE has one target a line: address, port, server name, scheme, path. Without -interval it is a
// closed loop. It prints one JSON object with the keys of `sockeye lab --json`.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

type target struct {
	url, serverName string
}

type job struct {
	target *target
	due    time.Time
}

// A worker's own record: nothing is shared while the load runs.
type tally struct {
	latencies, latenesses []time.Duration
	errors                map[string]int
}

var connects atomic.Int64

func main() {
	concurrency := flag.Int("c", 64, "goroutines that probe")
	duration := flag.Duration("d", 10*time.Second, "how long")
	interval := flag.Duration("interval", 0, "probe every target once in each interval; 0 is a closed loop")
	one := flag.String("target", "", "one target: 'address port server-name scheme path'")
	file := flag.String("targets", "", "a file of targets, one a line")
	maxIdle := flag.Int("maxidle", 100, "idle connections of all hosts; 0 for no limit")
	idleTimeout := flag.Duration("idletimeout", 90*time.Second, "how long a connection may be idle")
	authority := flag.String("ca", "", "a PEM file of trusted roots; without one nothing is verified")
	timeout := flag.Duration("timeout", 5*time.Second, "of one probe")
	flag.Parse()

	targets, err := readTargets(*one, *file)
	if err == nil && len(targets) == 0 {
		err = errors.New("no targets: give -target or -targets")
	}
	var client *http.Client
	if err == nil {
		client, err = makeClient(*maxIdle, *idleTimeout, *authority, targets)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "goodworker:", err)
		os.Exit(2)
	}

	before := processorTime()
	start := time.Now()
	ctx, cancel := context.WithDeadline(context.Background(), start.Add(*duration))
	defer cancel()
	jobs := make(chan job, *concurrency)
	skipped := 0
	go func() {
		defer close(jobs)
		if *interval > 0 {
			skipped = schedule(ctx, targets, *interval, start, jobs)
		} else {
			repeat(ctx, targets, jobs)
		}
	}()
	tallies := make([]tally, *concurrency)
	var workers sync.WaitGroup
	for i := range tallies {
		tallies[i].errors = map[string]int{}
		workers.Go(func() { work(client, jobs, *timeout, &tallies[i]) })
	}
	workers.Wait()
	report(tallies, time.Since(start), processorTime()-before, skipped)
}

func makeClient(maxIdle int, idle time.Duration, authority string, targets []*target) (*http.Client, error) {
	settings := &tls.Config{InsecureSkipVerify: authority == "", ServerName: targets[0].serverName}
	if authority != "" {
		pem, err := os.ReadFile(authority)
		if err != nil {
			return nil, err
		}
		settings.RootCAs = x509.NewCertPool()
		settings.RootCAs.AppendCertsFromPEM(pem)
	}
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				connects.Add(1)
				return dialer.DialContext(ctx, network, address)
			},
			MaxIdleConns: maxIdle, MaxIdleConnsPerHost: 100, IdleConnTimeout: idle,
			TLSClientConfig: settings, TLSHandshakeTimeout: 5 * time.Second,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

func readTargets(one, file string) ([]*target, error) {
	var input io.Reader = strings.NewReader(one)
	if file != "" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer opened.Close()
		input = opened
	}
	var targets []*target
	lines := bufio.NewScanner(input)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		if len(words) < 5 {
			return nil, fmt.Errorf("five words are expected: %q", lines.Text())
		}
		targets = append(targets, &target{
			url:        words[3] + "://" + net.JoinHostPort(words[0], words[1]) + words[4],
			serverName: words[2],
		})
	}
	return targets, lines.Err()
}

// repeat hands targets out as fast as they are taken.
func repeat(ctx context.Context, targets []*target, jobs chan<- job) {
	for i := 0; ; i++ {
		select {
		case jobs <- job{targets[i%len(targets)], time.Time{}}:
		case <-ctx.Done():
			return
		}
	}
}

// schedule hands each target out once in each interval, evenly spread. What cannot be handed out
// because every worker is busy and the queue is full is skipped and counted.
func schedule(ctx context.Context, targets []*target, interval time.Duration, start time.Time, jobs chan<- job) int {
	skipped := 0
	for i := 0; ; i++ {
		due := start.Add(time.Duration(float64(interval) * float64(i) / float64(len(targets))))
		if wait := time.Until(due); wait > 0 {
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return skipped
			}
		} else if ctx.Err() != nil {
			return skipped
		}
		select {
		case jobs <- job{targets[i%len(targets)], due}:
		default:
			skipped++
		}
	}
}

func work(client *http.Client, jobs <-chan job, timeout time.Duration, tally *tally) {
	for job := range jobs {
		begin := time.Now()
		if !job.due.IsZero() {
			tally.latenesses = append(tally.latenesses, begin.Sub(job.due))
		}
		if err := probe(client, job.target, timeout); err != nil {
			tally.errors[classify(err)]++
		}
		tally.latencies = append(tally.latencies, time.Since(begin))
	}
}

func probe(client *http.Client, target *target, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.url, nil)
	if err != nil {
		return err
	}
	request.Host = target.serverName
	request.Header.Set("User-Agent", "goodworker")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

func classify(err error) string {
	words := []string{"too many open files", "cannot assign requested address", "connection refused",
		"connection reset", "deadline exceeded", "EOF", "certificate", "status"}
	for _, word := range words {
		if strings.Contains(err.Error(), word) {
			return word
		}
	}
	return "other"
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func report(tallies []tally, wall, processor time.Duration, skipped int) {
	var latencies, latenesses []time.Duration
	failures := map[string]int{}
	for _, tally := range tallies {
		latencies = append(latencies, tally.latencies...)
		latenesses = append(latenesses, tally.latenesses...)
		for class, count := range tally.errors {
			failures[class] += count
		}
	}
	slices.Sort(latencies)
	slices.Sort(latenesses)
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	probes := len(latencies)
	result := map[string]any{
		"client": "goodworker", "probes": probes, "probes_per_s": float64(probes) / wall.Seconds(),
		"cpu_us_per_probe": processor.Seconds() * 1e6 / float64(max(probes, 1)),
		"connects": connects.Load(), "p50_ms": quantile(latencies, 0.5), "p99_ms": quantile(latencies, 0.99),
		"max_rss_bytes": usage.Maxrss * 1024, "errors": failures, "skipped": skipped,
		"lateness_p50_ms": quantile(latenesses, 0.5), "lateness_p99_ms": quantile(latenesses, 0.99),
	}
	if err := json.NewEncoder(os.Stdout).Encode(result); err != nil {
		panic(err)
	}
}

func quantile(sorted []time.Duration, share float64) any {
	if len(sorted) == 0 {
		return nil
	}
	place := min(len(sorted)-1, int(share*float64(len(sorted))))
	return float64(sorted[place]) / float64(time.Millisecond)
}
