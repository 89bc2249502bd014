package mongo

import (
	"bytes"
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/bsoncodec"
	"go.mongodb.org/mongo-driver/bson/bsonoptions"
	"go.mongodb.org/mongo-driver/bson/bsonrw"
	"go.mongodb.org/mongo-driver/x/bsonx/bsoncore"
)

// registry writes documents by their JSON tags, as the other engine does, but times as dates and bytes as bytes.
var registry = newRegistry()

func newRegistry() *bsoncodec.Registry {
	codec, err := bsoncodec.NewStructCodec( //nolint:staticcheck // version 1 of the driver has no other way to read tags as encoding/json does
		bsoncodec.StructTagParserFunc(jsonTags),             //nolint:staticcheck // the same
		bsonoptions.StructCodec().SetDecodeZeroStruct(true), //nolint:staticcheck // the same
	)
	if err != nil {
		panic(err) // only without a parser of tags
	}
	structs := structCodec{codec}
	r := bson.NewRegistry()
	r.RegisterKindEncoder(reflect.Struct, structs)
	r.RegisterKindDecoder(reflect.Struct, structs)
	r.RegisterInterfaceEncoder(reflect.TypeFor[encoding.TextMarshaler](), bsoncodec.ValueEncoderFunc(refuse))
	r.RegisterInterfaceEncoder(reflect.TypeFor[json.Marshaler](), bsoncodec.ValueEncoderFunc(refuse))
	return r
}

// refuse keeps a type that writes its own text or JSON from being kept in another form than on the other engine, unnoticed.
func refuse(_ bsoncodec.EncodeContext, _ bsonrw.ValueWriter, v reflect.Value) error {
	return fmt.Errorf("a %s, which writes its own JSON, is not kept; a plain type is", v.Type())
}

// structCodec calls zero what encoding/json does.
type structCodec struct {
	*bsoncodec.StructCodec
}

func (structCodec) IsTypeZero(v any) bool {
	if z, ok := v.(interface{ IsZero() bool }); ok {
		return z.IsZero()
	}
	return reflect.ValueOf(v).IsZero()
}

// jsonTags reads a field's tag as encoding/json does: the name is the tag's or the field's own, and what is embedded without a
// name is inlined.
func jsonTags(field reflect.StructField) (bsoncodec.StructTags, error) { //nolint:staticcheck // see newRegistry
	tag := field.Tag.Get("json")
	name, options, _ := strings.Cut(tag, ",")
	has := func(option string) bool { return slices.Contains(strings.Split(options, ","), option) }
	isStruct := field.Type.Kind() == reflect.Struct
	tags := bsoncodec.StructTags{ //nolint:staticcheck // see newRegistry
		Name:      name,
		Skip:      tag == "-",
		Inline:    field.Anonymous && name == "",
		OmitEmpty: has("omitzero") || has("omitempty") && !isStruct,
	}
	if name == "" {
		tags.Name = field.Name
	}
	return tags, nil
}

// encode makes the document to keep. What is nil is left out, so that Exists and Absent mean what they say, in indexes too.
func encode(id string, doc any) (bson.Raw, error) {
	plain, err := marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", doc, err)
	}
	elements, err := bsoncore.Document(plain).Elements()
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", doc, err)
	}
	at, kept := bsoncore.AppendDocumentStart(nil)
	kept = bsoncore.AppendStringElement(kept, "_id", id)
	for _, element := range elements {
		if element.Key() == "_id" {
			continue
		}
		if kept, err = appendPresent(kept, element); err != nil {
			return nil, fmt.Errorf("encode %T: %w", doc, err)
		}
	}
	return bsoncore.AppendDocumentEnd(kept, at)
}

func marshal(doc any) ([]byte, error) {
	var out bytes.Buffer
	w, err := bsonrw.NewBSONValueWriter(&out)
	if err != nil {
		return nil, err
	}
	e, err := bson.NewEncoder(w)
	if err != nil {
		return nil, err
	}
	if err := e.SetRegistry(registry); err != nil {
		return nil, err
	}
	err = e.Encode(doc)
	return out.Bytes(), err
}

// appendPresent appends an element without the nulls in it, or nothing if it is null. A null that is itself an element of an
// array stays, for its place.
func appendPresent(kept []byte, element bsoncore.Element) ([]byte, error) {
	value := element.Value()
	if value.Type == bson.TypeNull {
		return kept, nil
	}
	if value.Type == bson.TypeEmbeddedDocument || value.Type == bson.TypeArray {
		return appendInside(kept, element.Key(), value)
	}
	return append(kept, element...), nil
}

func appendInside(kept []byte, key string, value bsoncore.Value) ([]byte, error) {
	elements, err := bsoncore.Document(value.Data).Elements()
	if err != nil {
		return nil, err
	}
	at, kept := bsoncore.ReserveLength(bsoncore.AppendHeader(kept, value.Type, key))
	for _, element := range elements {
		if value.Type == bson.TypeArray && element.Value().Type == bson.TypeNull {
			kept = append(kept, element...)
		} else if kept, err = appendPresent(kept, element); err != nil {
			return nil, err
		}
	}
	return bsoncore.AppendDocumentEnd(kept, at)
}

// decode reads a kept document. What the document does not have becomes zero, also when into was filled by an earlier run of the
// same change.
func decode(doc bson.Raw, into any) error {
	d, err := bson.NewDecoder(bsonrw.NewBSONDocumentReader(doc))
	if err != nil {
		return err
	}
	if err := d.SetRegistry(registry); err != nil {
		return err
	}
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("decode %T: %w", into, err)
	}
	return nil
}
