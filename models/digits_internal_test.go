package models

import "testing"

// 0794 with the check digit 5 is the example that ISO/IEC 7064 gives for MOD 11,10.
func TestTheStandardsExample(t *testing.T) {
	t.Parallel()
	if got := checkDigit("0794"); got != '5' {
		t.Errorf("the check digit of 0794 is %c, want 5", got)
	}
}
