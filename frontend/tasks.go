package frontend

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/quatrain-build/quatrain/internal/crash"
)

// task is work whose result several may want. It is done once.
type task[T any] struct {
	do    func() (T, error)
	begun atomic.Bool
}

func newTask[T any](f func() (T, error)) *task[T] {
	return &task[T]{do: sync.OnceValues(crash.Guard(f))}
}

// begin starts on something that is needed later. Clients that want one request after the
// other get it when it is needed.
func begin[T any](r *request, f func() (T, error)) *task[T] {
	t := newTask(f)
	if !r.inOrder() {
		t.start()
	}
	return t
}

// start does the work in the background.
func (t *task[T]) start() {
	t.begun.Store(true)
	go t.do()
}

// wait returns the work's result.
func (t *task[T]) wait() (T, error) {
	t.begun.Store(true)
	return t.do()
}

// failure returns the error of work that was begun, when it has ended.
func (t *task[T]) failure() error {
	if t == nil || !t.begun.Load() {
		return nil
	}
	_, err := t.do()
	return err
}

// reasons joins the errors of work that was done at the same time. The first failure
// cancels the rest of the work: what failed only because of that is dropped.
func reasons(errs ...error) error {
	var own, other []error
	seen := map[string]bool{}
	for _, err := range parts(errs) {
		switch text := err.Error(); {
		case seen[text]:
		case canceled(err):
			seen[text], other = true, append(other, err)
		default:
			seen[text], own = true, append(own, err)
		}
	}
	if len(own) == 0 {
		own = other
	}
	if len(own) == 1 {
		return own[0]
	}
	return errors.Join(own...)
}

// parts takes joined errors apart.
func parts(errs []error) (all []error) {
	for _, err := range errs {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			all = append(all, parts(joined.Unwrap())...)
		} else if err != nil {
			all = append(all, err)
		}
	}
	return all
}
