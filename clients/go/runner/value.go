package main

import (
	"encoding/hex"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strconv"
	"strings"
	"unicode"
)

// value is what a message holds, as vectors/make.py describes it.
func value(message reflect.Value) any {
	described := object{}
	for index := 0; index < message.NumField(); index++ {
		field := message.Field(index)
		name := snake(message.Type().Field(index).Name)
		switch {
		case field.Kind() == reflect.Map:
			if field.Len() > 0 {
				described[name] = pairs(field)
			}
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() != reflect.Uint8:
			if field.Len() > 0 {
				described[name] = elements(field)
			}
		case field.Kind() == reflect.Pointer && !field.IsNil() || field.Kind() != reflect.Pointer && !isDefault(field):
			described[name] = scalar(field)
		}
	}
	return described
}

func isDefault(field reflect.Value) bool {
	if field.Kind() == reflect.Float64 {
		return math.Float64bits(field.Float()) == 0
	}
	return field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0
}

func snake(name string) string {
	var snake strings.Builder
	for index, letter := range name {
		if unicode.IsUpper(letter) && index > 0 {
			snake.WriteByte('_')
		}
		snake.WriteRune(unicode.ToLower(letter))
	}
	return snake.String()
}

func pairs(field reflect.Value) any {
	keys := field.MapKeys()
	sort.Slice(keys, func(i, j int) bool { return fmt.Sprint(keys[i]) < fmt.Sprint(keys[j]) })
	pairs := []any{}
	for _, key := range keys {
		pairs = append(pairs, []any{scalar(key), scalar(field.MapIndex(key))})
	}
	return pairs
}

func elements(field reflect.Value) any {
	elements := []any{}
	for index := 0; index < field.Len(); index++ {
		elements = append(elements, scalar(field.Index(index)))
	}
	return elements
}

func scalar(held reflect.Value) any {
	if held.Kind() == reflect.Pointer {
		held = held.Elem()
	}
	switch held.Kind() {
	case reflect.Struct:
		return value(held)
	case reflect.Slice:
		return hex.EncodeToString(held.Bytes())
	case reflect.Int64:
		return strconv.FormatInt(held.Int(), 10)
	case reflect.Uint64:
		return strconv.FormatUint(held.Uint(), 10)
	case reflect.Float64:
		return fmt.Sprintf("%016x", math.Float64bits(held.Float()))
	case reflect.Int32:
		return held.Int()
	case reflect.Uint32:
		return held.Uint()
	default:
		return held.Interface()
	}
}
