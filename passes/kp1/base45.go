package kp1

// alphabet is that of RFC 9285: what a QR code packs into 5½ bits a character.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// notInAlphabet marks the other bytes in digitOf.
const notInAlphabet = 0xff

var digitOf = func() (digits [256]byte) {
	for i := range digits {
		digits[i] = notInAlphabet
	}
	for i := range len(alphabet) {
		digits[alphabet[i]] = byte(i)
	}
	return digits
}()

// appendBase45 appends data as RFC 9285 §4 writes it: two bytes in three characters, a last single one in two.
func appendBase45(dst, data []byte) []byte {
	for ; len(data) >= 2; data = data[2:] {
		n := int(data[0])<<8 | int(data[1])
		dst = append(dst, alphabet[n%45], alphabet[n/45%45], alphabet[n/(45*45)])
	}
	if len(data) == 1 {
		n := int(data[0])
		dst = append(dst, alphabet[n%45], alphabet[n/45])
	}
	return dst
}

// decodeBase45 reads what appendBase45 writes and nothing else: no lower case, no number too large for its bytes.
func decodeBase45(text string) (data []byte, ok bool) {
	if len(text)%3 == 1 {
		return nil, false
	}
	data = make([]byte, 0, (len(text)+1)/3*2)
	for ; len(text) >= 3; text = text[3:] {
		n, ok := base45Number(text[:3])
		if !ok || n > 0xffff {
			return nil, false
		}
		data = append(data, byte(n>>8), byte(n))
	}
	if len(text) == 2 {
		n, ok := base45Number(text)
		if !ok || n > 0xff {
			return nil, false
		}
		data = append(data, byte(n))
	}
	return data, true
}

// base45Number reads digits with the smallest first.
func base45Number(digits string) (n int, ok bool) {
	for i := len(digits) - 1; i >= 0; i-- {
		digit := digitOf[digits[i]]
		if digit == notInAlphabet {
			return 0, false
		}
		n = n*45 + int(digit)
	}
	return n, true
}
