package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
)

// More than any of the headers here takes, and a whole number of base64's groups.
const headerLength = 4096

// The size of the JPEG that a request brings: as bare base64, or as the "value" of its JSON.
func imageSize(body []byte) (width, height int, err error) {
	if value := bytes.Index(body, []byte(`"value":`)); value >= 0 {
		body = body[value+len(`"value":`):]
		body = body[bytes.IndexByte(body, '"')+1:]
	}
	var jpeg [headerLength / 4 * 3]byte
	length, _ := base64.StdEncoding.Decode(jpeg[:], body[:min(len(body), headerLength)])
	return sizeOf(jpeg[:length])
}

func sizeOf(jpeg []byte) (width, height int, err error) {
	if !bytes.HasPrefix(jpeg, []byte{0xff, 0xd8}) {
		return 0, 0, errors.New("no JPEG in this request")
	}
	for at := 2; at+9 <= len(jpeg); at += 2 + int(binary.BigEndian.Uint16(jpeg[at+2:])) {
		// baseline, extended and progressive frames
		if marker := jpeg[at+1]; marker >= 0xc0 && marker <= 0xc2 {
			return int(binary.BigEndian.Uint16(jpeg[at+7:])), int(binary.BigEndian.Uint16(jpeg[at+5:])), nil
		}
	}
	return 0, 0, errors.New("no size in the JPEG's header")
}
