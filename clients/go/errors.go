package gatehouse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/proto/gatehouserpcv1"
	"gatehouse/proto/googlerpc"
	"gatehouse/wire"
)

// Code is one of gRPC's status codes.
type Code int32

const (
	OK Code = iota
	Cancelled
	Unknown
	InvalidArgument
	DeadlineExceeded
	NotFound
	AlreadyExists
	PermissionDenied
	ResourceExhausted
	FailedPrecondition
	Aborted
	OutOfRange
	Unimplemented
	Internal
	Unavailable
	DataLoss
	Unauthenticated
)

var codeNames = [...]string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
	"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
	"INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}

// String is the code as gRPC writes it.
func (c Code) String() string {
	if c < 0 || int(c) >= len(codeNames) {
		return codeNames[Unknown]
	}
	return codeNames[c]
}

// FieldViolation is a field of a request that was wrong, and what is wrong with it.
type FieldViolation struct{ Field, Description string }

// Error is a call that was refused or failed. Get at it with errors.As.
type Error struct {
	Code Code
	// Reason is a name of gatehouse.v1.Reason without its prefix; empty when the failure is this side's.
	Reason string
	// Message is for a person: what happened and what to do about it.
	Message string
	// Metadata is what the reason is about.
	Metadata map[string]string
	Fields   []FieldViolation
	// RetryAfter is how long to wait before trying again; nil where the server says nothing of it.
	RetryAfter *time.Duration
	// Unbegun is whether it is certain that the server did not begin the call.
	Unbegun bool
	cause   error
}

// Error says all of it.
func (e *Error) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("%s: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("%s %s: %s", e.Code, e.Reason, e.Message)
}

// Unwrap is what led to it: a context's error, or the failure before.
func (e *Error) Unwrap() error { return e.cause }

// ReasonOf is the reason of a refusal; empty when the error is none.
func ReasonOf(err error) string {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	return ""
}

// errorOf is what the server answered.
func errorOf(status *gatehouserpcv1.Status) *Error {
	e := &Error{Code: Code(status.Code), Message: status.Message}
	for _, detail := range status.Details {
		switch detail.TypeUrl[strings.LastIndexByte(detail.TypeUrl, '/')+1:] {
		case "google.rpc.ErrorInfo":
			var info googlerpc.ErrorInfo
			if wire.Decode(detail.Value, &info) == nil {
				e.Reason, e.Metadata = info.Reason, info.Metadata
			}
		case "google.rpc.RetryInfo":
			var info googlerpc.RetryInfo
			if wire.Decode(detail.Value, &info) == nil && info.RetryDelay != nil {
				after := time.Duration(info.RetryDelay.Seconds)*time.Second + time.Duration(info.RetryDelay.Nanos)
				e.RetryAfter = &after
			}
		case "google.rpc.BadRequest":
			var request googlerpc.BadRequest
			if wire.Decode(detail.Value, &request) == nil {
				for _, each := range request.FieldViolations {
					e.Fields = append(e.Fields, FieldViolation{each.Field, each.Description})
				}
			}
		}
	}
	e.Unbegun = e.Reason == "SHUTTING_DOWN"
	return e
}

// lost is a connection that went away.
func lost(format string, arguments ...any) *Error {
	return &Error{Code: Unavailable, Message: fmt.Sprintf(format, arguments...)}
}

// over is a call whose context is done; last is why it was not answered before.
func over(ctx context.Context, last *Error) *Error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &Error{Code: Cancelled, Message: "the call was cancelled by its caller", cause: ctx.Err()}
	}
	message := "the call's deadline has passed"
	if last != nil {
		message += "; the last failure was: " + last.Error()
	}
	return &Error{Code: DeadlineExceeded, Reason: "DEADLINE_EXCEEDED", Message: message, cause: ctx.Err()}
}

// unbegun is the same failure of a call that the server did not begin.
func (e *Error) unbegun() *Error {
	copied := *e
	copied.Unbegun = true
	return &copied
}
