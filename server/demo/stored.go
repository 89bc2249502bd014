package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// A storedDocument is one of the documents of the whole store in which a pass occurs, as it stands there.
type storedDocument struct {
	Collection string          `json:"collection"`
	Document   json.RawMessage `json:"document"`
}

// leastID is the least length of what is looked for: an id, and not a syllable of something else.
const leastID = 16

// stored answers with everything that the server keeps of a pass. It looks through a whole backup, so that nothing can be left out.
func (s *Stage) stored(w http.ResponseWriter, r *http.Request) {
	pass := r.URL.Query().Get("pass")
	if len(pass) < leastID {
		http.Error(w, "Which pass?", http.StatusBadRequest)
		return
	}
	archive := new(bytes.Buffer)
	err := s.Archive(r.Context(), archive)
	var found []storedDocument
	var among int
	if err == nil {
		found, among, err = documentsOf(pass, archive)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(map[string]any{"documents": found, "among": among}) // the reader went away
}

// documentsOf reads an archive, and answers the documents in which an id stands, and among how many that was.
func documentsOf(id string, archive io.Reader) (found []storedDocument, among int, err error) {
	unpacked, err := gzip.NewReader(archive)
	if err != nil {
		return nil, 0, fmt.Errorf("open the archive: %w", err)
	}
	found = []storedDocument{}
	wanted := []byte(id)
	for lines := json.NewDecoder(unpacked); ; {
		var line storedDocument
		if err := lines.Decode(&line); errors.Is(err, io.EOF) {
			return found, among, nil
		} else if err != nil {
			return nil, 0, fmt.Errorf("read the archive: %w", err)
		}
		if line.Collection == "" {
			continue // its first and last line
		}
		among++
		if bytes.Contains(line.Document, wanted) {
			found = append(found, line)
		}
	}
}
