package main

import (
	"context"
	"fmt"
	"net/http"
	"os/exec"
	"time"
)

// startTimes is how long the service takes from docker run to its first answer, a few
// times. The image is on the engine before, and is removed after.
func startTimes(ctx context.Context, image string) (all []float64, err error) {
	if err := run(ctx, "docker", "pull", "--quiet", image); err != nil {
		return nil, err
	}
	defer exec.Command("docker", "rmi", "--force", image).Run()
	for range 3 {
		seconds, err := startTime(ctx, image)
		if err != nil {
			return nil, err
		}
		all = append(all, seconds)
	}
	return all, nil
}

func startTime(ctx context.Context, image string) (float64, error) {
	port, err := freePort()
	if err != nil {
		return 0, err
	}
	name := "quatrain-bench-" + port
	defer exec.Command("docker", "rm", "--force", name).Run()
	began := time.Now()
	if err := run(ctx, "docker", "run", "--detach", "--name", name, "--publish", "127.0.0.1:"+port+":8000", image); err != nil {
		return 0, err
	}
	for time.Since(began) < time.Minute {
		resp, err := http.Get("http://127.0.0.1:" + port + "/health")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return milli(time.Since(began).Seconds()), nil
			}
		}
		time.Sleep(2 * time.Millisecond)
	}
	logs, _ := exec.Command("docker", "logs", name).CombinedOutput()
	return 0, fmt.Errorf("%s does not answer:\n%s", image, logs)
}
