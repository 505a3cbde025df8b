// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// pod is what runs in the pods of the kubelet's tests, without anything beside it:
//
//	pod             waits until it is told to end, and buries orphans, as a pod's sandbox has to
//	pod serve PORT  answers every HTTP request with a greeting
//	pod talk        prints a line twice a second, every fifth an error in red
//	pod die         prints a line and fails
package main

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func wait() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for s := range signals {
		if s != syscall.SIGCHLD {
			return
		}
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}

func talk() {
	for i := 1; ; i++ {
		fmt.Printf("INFO line %d\n", i)
		if i%5 == 0 {
			fmt.Fprintf(os.Stderr, "\x1b[31mERROR every fifth, %d\x1b[0m\n", i)
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func main() {
	switch {
	case len(os.Args) == 3 && os.Args[1] == "serve":
		answer := func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "hello from the pod\n") }
		fmt.Println(http.ListenAndServe("127.0.0.1:"+os.Args[2], http.HandlerFunc(answer)))
	case len(os.Args) == 2 && os.Args[1] == "talk":
		talk()
	case len(os.Args) == 2 && os.Args[1] == "die":
		fmt.Println("FATAL this is the end")
		os.Exit(3)
	default:
		wait()
	}
}
