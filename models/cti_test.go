package models_test

import (
	"math"
	"testing"

	"kaikukortti/models"
)

func TestACTIIsANumber(t *testing.T) {
	t.Parallel()
	for _, n := range []int64{0, 1, -1, math.MaxInt64, math.MinInt64, 0x0102030405060708} {
		if got := models.NumberedCTI(n).Number(); got != n {
			t.Errorf("%d became %d", n, got)
		}
	}
	if got := models.NumberedCTI(0x0102030405060708); got != "AQIDBAUGBwg" {
		t.Errorf("got %s", got)
	}
	if models.CTI("cti").Number() != 0 {
		t.Error("what is no cti has a number")
	}
}
