package payload

import (
	"fmt"
	"math/big"
	"strconv"
)

// maxDigits of an integer. Reading and printing one takes time in the square of
// its length: a body that is a single integer would be seconds. Python has the
// same limit.
const maxDigits = 4_300

// number takes a number. An integer is kept exactly, whatever its size, up to
// maxDigits; anything else has to fit a float.
func (s *scanner) number() bool {
	start := s.at
	s.take('-')
	whole := s.at
	if !s.take('0') && !s.digits() {
		return s.fail("expected a digit")
	}
	size := s.at - whole // the number is below 10^(size+exponent)
	float := false
	if s.take('.') {
		float = true
		if !s.digits() {
			return s.fail("expected a digit")
		}
	}
	if s.take('e') || s.take('E') {
		float = true
		negative := s.take('-')
		if !negative {
			s.take('+')
		}
		from := s.at
		if !s.digits() {
			return s.fail("expected a digit")
		}
		if !negative {
			size += exponent(s.text[from:s.at])
		}
	}
	if !float && size > maxDigits {
		s.err = &syntaxError{fmt.Sprintf("integer of more than %d digits", maxDigits), start}
		return false
	}
	if float && size > 308 {
		if _, err := strconv.ParseFloat(string(s.text[start:s.at]), 64); err != nil {
			s.err = &syntaxError{"number beyond a float", start}
			return false
		}
	}
	return true
}

// digits takes one or more.
func (s *scanner) digits() bool {
	from := s.at
	for s.at < len(s.text) && s.text[s.at]-'0' <= 9 {
		s.at++
	}
	return s.at > from
}

// exponent is the value of digits, cut where it no longer matters.
func exponent(digits []byte) int {
	e := 0
	for _, c := range digits {
		e = min(e*10+int(c-'0'), 1_000_000)
	}
	return e
}

// decodeNumber returns the value of a number that was scanned: int64 where it is
// an integer within 64 bits, *big.Int where it is a larger one, else float64.
func decodeNumber(token []byte) any {
	for _, c := range token {
		if c == '.' || c|0x20 == 'e' {
			f, _ := strconv.ParseFloat(string(token), 64) // in range: scanned
			return f
		}
	}
	if i, err := strconv.ParseInt(string(token), 10, 64); err == nil {
		return i
	}
	i, _ := new(big.Int).SetString(string(token), 10)
	return i
}
