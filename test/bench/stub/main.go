// A server that answers as an inference server does, at next to no cost: what is measured is the client.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const registry = `{"models":[` +
	`{"model_id":"bench/1","task_type":"object-detection","batch_size":1,"input_height":640,"input_width":640},` +
	`{"model_id":"bench/2","task_type":"object-detection","batch_size":1,"input_height":320,"input_width":320}]}`

// What came in since it was last asked: by it the bench sees that all contenders send the same.
var seen struct{ images, bytes, registry, connections atomic.Int64 }

var delay = flag.Duration("delay", 0, "how long an answer takes")

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func main() {
	flag.Parse()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /model/registry", func(w http.ResponseWriter, _ *http.Request) {
		seen.registry.Add(1)
		reply(w, []byte(registry))
	})
	mux.HandleFunc("POST /infer/object_detection", infer)
	mux.HandleFunc("POST /bench/{version}", infer)
	mux.HandleFunc("GET /seen", func(w http.ResponseWriter, _ *http.Request) {
		answer, _ := json.Marshal(map[string]int64{
			"images":      seen.images.Swap(0),
			"bytes":       seen.bytes.Swap(0),
			"registry":    seen.registry.Swap(0),
			"connections": seen.connections.Swap(0),
		})
		reply(w, answer)
	})

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		// Whoever started this process holds its standard input: it is gone when that closes.
		bufio.NewReader(os.Stdin).WriteTo(io.Discard)
		os.Exit(0)
	}()
	server := http.Server{Handler: mux, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			seen.connections.Add(1)
		}
	}}
	log.Fatal(server.Serve(listener))
}

func infer(w http.ResponseWriter, r *http.Request) {
	body := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(body)
	body.Reset()
	if r.ContentLength > 0 {
		body.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(r.Body); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	width, height, err := imageSize(body.Bytes())
	if err != nil {
		http.Error(w, `{"message":`+strconv.Quote(err.Error())+`}`, http.StatusBadRequest)
		return
	}
	seen.images.Add(1)
	seen.bytes.Add(int64(body.Len()))
	time.Sleep(*delay)
	reply(w, answerFor(width, height))
}

func reply(w http.ResponseWriter, json []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(json)))
	w.Write(json)
}
