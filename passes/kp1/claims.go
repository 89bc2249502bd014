package kp1

import "crypto/ecdsa"

// Claim keys of a credential (RFC 8392 §4, RFC 8747 §3.1, and ours in the private range).
const (
	claimExp      = 4
	claimCTI      = 7
	claimCnf      = 8
	claimPass     = -70001
	cnfMemberCOSE = 1
)

// claims is what a credential says, as the numbers that stand in it.
type claims struct {
	exp            uint64
	cti            CTI
	phone          bool // claim 8 is there
	x              [32]byte
	odd            bool
	kind, children uint64
}

// fault names the first rule that the claims break, or is empty. Reader and writer share it.
func (c claims) fault() string {
	kind := c.knownKind()
	switch {
	case c.exp >= timeLimit:
		return "exp out of range"
	case c.kind == 0:
		return "kind 0"
	case c.children > maxChildren:
		return "too many children"
	case kind.Community() && c.children > 0:
		return "children on a community pass"
	case kind != 0 && kind.Paper() == c.phone:
		// Threat: a credential lifted out of a filmed phone and shown as paper would never grow old.
		return "kind of another carrier"
	}
	return ""
}

// knownKind is 0 for the kinds of later versions.
func (c claims) knownKind() Kind {
	if c.kind > uint64(KindCommunityPaper) {
		return 0
	}
	return Kind(c.kind)
}

// readClaims reads the payload of a credential; a phone's has claim 8, a paper's has not.
func readClaims(payload []byte, phone bool) (claims, error) {
	c := claims{phone: phone}
	r := reader{rest: payload}
	r.exactly(majorMap, c.count())
	r.integer(claimExp)
	c.exp = r.of(majorUint)
	r.integer(claimCTI)
	r.fixedBytes(c.cti[:])
	if phone {
		c.readCodeKey(&r)
	}
	r.integer(claimPass)
	r.exactly(majorArray, 2)
	c.kind = r.of(majorUint)
	c.children = r.of(majorUint)
	if fault := c.fault(); fault != "" {
		r.fail(fault)
	}
	return c, r.done()
}

func (c claims) count() uint64 {
	if c.phone {
		return 4
	}
	return 3
}

func (c *claims) readCodeKey(r *reader) {
	r.integer(claimCnf)
	r.exactly(majorMap, 1)
	r.integer(cnfMemberCOSE)
	r.exactly(majorMap, 4)
	r.integer(keyType)
	r.integer(keyEC2)
	r.integer(keyCurve)
	r.integer(keyP256)
	r.integer(keyX)
	r.fixedBytes(c.x[:])
	r.integer(keyY)
	c.odd = r.bool()
}

// encode writes the payload of a credential, keys in the order of RFC 8949 §4.2.1.
func (c claims) encode() []byte {
	dst := appendHead(nil, majorMap, c.count())
	dst = appendHead(appendInteger(dst, claimExp), majorUint, c.exp)
	dst = appendBytes(appendInteger(dst, claimCTI), c.cti[:])
	if c.phone {
		dst = c.appendCodeKey(dst)
	}
	dst = appendHead(appendInteger(dst, claimPass), majorArray, 2)
	dst = appendHead(dst, majorUint, c.kind)
	return appendHead(dst, majorUint, c.children)
}

func (c claims) appendCodeKey(dst []byte) []byte {
	dst = appendHead(appendInteger(dst, claimCnf), majorMap, 1)
	dst = appendHead(appendInteger(dst, cnfMemberCOSE), majorMap, 4)
	dst = appendInteger(appendInteger(dst, keyType), keyEC2)
	dst = appendInteger(appendInteger(dst, keyCurve), keyP256)
	dst = appendBytes(appendInteger(dst, keyX), c.x[:])
	return appendBool(appendInteger(dst, keyY), c.odd)
}

// codeKey finds the point that the claims name; nil on paper, which has none.
func (c claims) codeKey() (*ecdsa.PublicKey, error) {
	if !c.phone {
		return nil, nil
	}
	return CodeKeyFromXY(c.x, c.odd)
}

// said gives the claims in the caller's types. The range of each has been checked.
func (c claims) said(codeKey *ecdsa.PublicKey, issuer KID) Credential {
	return Credential{
		Kind:     c.knownKind(),
		Children: int(c.children),
		CTI:      c.cti,
		Exp:      int64(c.exp),
		CodeKey:  codeKey,
		KID:      issuer,
	}
}
