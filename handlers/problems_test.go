package handlers

import (
	"fmt"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kaikukortti/models"
)

// problemsDoc is the table of codes.
const problemsDoc = "../docs/api/problems.md"

// internalCodes never leave the server: each is caught where it is drawn again.
var internalCodes = []string{"draw_again", "code_taken"}

// program is every file of the program, by package.
func program(t *testing.T) (*gotoken.FileSet, map[string][]*ast.File) {
	t.Helper()
	fset, packages := gotoken.NewFileSet(), map[string][]*ast.File{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return fset, packages
}

// kindsInTree finds the kinds with which each code is made where both are words.
func kindsInTree(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	_, packages := program(t)
	for _, files := range packages {
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, isLit := n.(*ast.CompositeLit); isLit && isErrorType(lit.Type) {
					code, kind := wordsOf(lit)
					found[code] = append(found[code], kind)
				}
				return true
			})
		}
	}
	delete(found, "")
	return found
}

// wordsOf are the code and the kind of a literal, as far as they are words.
func wordsOf(lit *ast.CompositeLit) (code, kind string) {
	for _, e := range lit.Elts {
		kv, named := e.(*ast.KeyValueExpr)
		if !named {
			continue
		}
		switch v := kv.Value.(type) {
		case *ast.BasicLit:
			if fmt.Sprint(kv.Key) == "Code" {
				code, _ = strconv.Unquote(v.Value)
			}
		case *ast.SelectorExpr:
			if fmt.Sprint(kv.Key) == "Kind" {
				kind = v.Sel.Name
			}
		case *ast.Ident:
			if fmt.Sprint(kv.Key) == "Kind" {
				kind = v.Name
			}
		}
	}
	return code, kind
}

// codesInTree finds the code of every models.Error that the program can make: where Code is a word in the literal, or what a function
// was given for it.
func codesInTree(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{} // code: places
	fset, packages := program(t)
	note := func(e ast.Expr) bool {
		lit, isText := e.(*ast.BasicLit)
		if !isText || lit.Kind != gotoken.STRING {
			return false
		}
		code, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		found[code] = append(found[code], fset.Position(e.Pos()).String())
		return true
	}
	for _, files := range packages {
		makers := map[string]int{} // functions that are given a code, and as which parameter
		each(files, func(fn *ast.FuncDecl, e ast.Expr) {
			if note(e) || fn == nil {
				return
			}
			if name, isName := e.(*ast.Ident); isName {
				if at := parameter(fn, name.Name); at >= 0 {
					makers[fn.Name.Name] = at
					return
				}
			}
			t.Errorf("%s: the code is neither a word nor a parameter", fset.Position(e.Pos()))
		})
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				call, isCall := n.(*ast.CallExpr)
				if !isCall {
					return true
				}
				if name, isName := call.Fun.(*ast.Ident); isName {
					if at, makes := makers[name.Name]; makes {
						note(call.Args[at])
					}
				}
				return true
			})
		}
	}
	return found
}

// each finds the value of Code in every literal of the error.
func each(files []*ast.File, do func(fn *ast.FuncDecl, code ast.Expr)) {
	for _, file := range files {
		for _, decl := range file.Decls {
			fn, _ := decl.(*ast.FuncDecl)
			ast.Inspect(decl, func(n ast.Node) bool {
				lit, isLit := n.(*ast.CompositeLit)
				if !isLit || !isErrorType(lit.Type) {
					return true
				}
				for _, e := range lit.Elts {
					if kv, named := e.(*ast.KeyValueExpr); named && fmt.Sprint(kv.Key) == "Code" {
						do(fn, kv.Value)
					}
				}
				return true
			})
		}
	}
}

// statusByName is the status of each kind, by its name in the code; a kind that was forgotten is internal.
var statusByName = map[string]int{
	"": statuses[models.Internal], "Invalid": statuses[models.Invalid], "Unauthenticated": statuses[models.Unauthenticated],
	"Forbidden": statuses[models.Forbidden], "NotFound": statuses[models.NotFound], "Conflict": statuses[models.Conflict],
	"Gone": statuses[models.Gone], "TooLarge": statuses[models.TooLarge], "Unprocessable": statuses[models.Unprocessable],
	"TooMany": statuses[models.TooMany], "Unavailable": statuses[models.Unavailable],
}

func isErrorType(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name == "Error"
	case *ast.SelectorExpr:
		return fmt.Sprint(e.X) == "models" && e.Sel.Name == "Error"
	}
	return false
}

// parameter is which parameter of a function has a name, or -1.
func parameter(fn *ast.FuncDecl, name string) int {
	n := 0
	for _, field := range fn.Type.Params.List {
		for _, p := range field.Names {
			if p.Name == name {
				return n
			}
			n++
		}
	}
	return -1
}

// row is a line of the table: the code, the status and what a client should do.
var row = regexp.MustCompile("(?m)^\\| <a id=\"([a-z_]+)\"></a>`([a-z_]+)` \\| ([0-9]{3}(?:, [0-9]{3})*) \\| (.{20,}) \\|$")

func TestEveryProblemCodeStandsInTheTable(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(problemsDoc)
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	promised := map[string]string{} // code: its statuses
	var order []string
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		if m[1] != m[2] || documented[m[1]] {
			t.Errorf("the row of %s is wrong, or stands twice", m[1])
		}
		documented[m[1]], promised[m[1]], order = true, m[3], append(order, m[1])
	}
	if !slices.IsSorted(order) {
		t.Error("the table is not sorted by code")
	}
	if lines := strings.Count(string(page), "\n| <a id"); lines != len(order) {
		t.Errorf("%d of the %d rows are not of the form of the others", lines-len(order), lines)
	}
	codes := codesInTree(t)
	for code, places := range codes {
		if !documented[code] && !slices.Contains(internalCodes, code) {
			t.Errorf("%s is not in %s: %s", code, problemsDoc, places[0])
		}
	}
	for code, kinds := range kindsInTree(t) {
		for _, kind := range kinds {
			if status := strconv.Itoa(statusByName[kind]); documented[code] && !strings.Contains(promised[code], status) && code != errMethod.Code {
				t.Errorf("%s is promised with %s and made with %s (%s)", code, promised[code], kind, status)
			}
		}
	}
	for code := range documented {
		if len(codes[code]) == 0 {
			t.Errorf("%s is in %s and nowhere in the program", code, problemsDoc)
		}
	}
	for _, code := range internalCodes {
		if len(codes[code]) == 0 {
			t.Errorf("%s is made nowhere", code)
		}
	}
}
