package kp1

import (
	"crypto"
	"crypto/elliptic"
	"errors"
	"fmt"
)

// SignCredential writes c as a COSE_Sign1 by the issuer, a P-256 key. The kid is the issuer's own, whatever c.KID says.
//
// An error means that c could never be shown: each rule of the reader is kept here too.
func SignCredential(issuer crypto.Signer, c Credential) ([]byte, error) {
	key, err := publicKey(issuer)
	if err != nil {
		return nil, fmt.Errorf("sign credential: issuer: %w", err)
	}
	said, err := c.claims()
	if err != nil {
		return nil, fmt.Errorf("sign credential: %w", err)
	}
	s := sign1{protected: issuerHeader(KeyID(key)), payload: said.encode()}
	if err := s.sign(issuer, nil); err != nil {
		return nil, fmt.Errorf("sign credential: %w", err)
	}
	return s.encode(), nil
}

// claims says the credential as the numbers that stand in it, if it keeps every rule.
func (c Credential) claims() (claims, error) {
	if c.Kind > KindCommunityPaper {
		return claims{}, fmt.Errorf("kind %d", c.Kind)
	}
	// A negative number turns into one far above every limit, so fault finds it.
	said := claims{exp: uint64(c.Exp), cti: c.CTI, kind: uint64(c.Kind), children: uint64(c.Children)}
	if c.CodeKey != nil {
		if c.CodeKey.Curve != elliptic.P256() {
			return claims{}, fmt.Errorf("code key: %w", errNotP256)
		}
		said.phone = true
		said.x, said.odd = CompressCodeKey(c.CodeKey)
	}
	if fault := said.fault(); fault != "" {
		return claims{}, errors.New(fault)
	}
	return said, nil
}

func issuerHeader(kid KID) []byte {
	b := appendHead(nil, majorMap, 2)
	b = appendInteger(appendInteger(b, headerAlg), algES256)
	return appendBytes(appendInteger(b, headerKID), kid[:])
}

func codeHeader() []byte {
	b := appendHead(nil, majorMap, 1)
	return appendInteger(appendInteger(b, headerAlg), algES256)
}

// SignCode makes the text that a phone shows: the credential and the moment, signed by the code key that it names.
//
// signedAt is Unix seconds. An error means that the code would be refused at every door.
func SignCode(codeKey crypto.Signer, credential []byte, signedAt int64) (string, error) {
	if err := checkCodeKey(codeKey, credential); err != nil {
		return "", fmt.Errorf("sign code: %w", err)
	}
	if signedAt < 0 || signedAt >= timeLimit {
		return "", errors.New("sign code: signed_at out of range")
	}
	s := sign1{protected: codeHeader(), payload: codePayload(credential, uint64(signedAt))}
	if err := s.sign(codeKey, aadCode); err != nil {
		return "", fmt.Errorf("sign code: %w", err)
	}
	return string(appendBase45([]byte(prefixPhone), s.encode())), nil
}

// checkCodeKey finds a phone that kept the key of another credential before a venue does.
func checkCodeKey(codeKey crypto.Signer, credential []byte) error {
	key, err := publicKey(codeKey)
	if err != nil {
		return fmt.Errorf("code key: %w", err)
	}
	read, err := readCredential(credential, true)
	if err != nil {
		return err
	}
	if x, odd := CompressCodeKey(key); x != read.x || odd != read.odd {
		return errors.New("the credential names another code key")
	}
	return nil
}

func codePayload(credential []byte, signedAt uint64) []byte {
	b := appendHead(nil, majorArray, 2)
	return appendHead(appendBytes(b, credential), majorUint, signedAt)
}

// PaperCode makes the text that is printed: a paper's credential as it is.
func PaperCode(credential []byte) (string, error) {
	if _, err := readCredential(credential, false); err != nil {
		return "", fmt.Errorf("paper code: %w", err)
	}
	return string(appendBase45([]byte(prefixPaper), credential)), nil
}
