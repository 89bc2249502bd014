package mongo_test

import (
	"os"
	"testing"

	"kaikukortti/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }
