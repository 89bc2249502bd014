package notifications

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	firebase "firebase.google.com/go/v4"
	"firebase.google.com/go/v4/messaging"
	"google.golang.org/api/option"

	"kaikukortti/models"
)

// FCM sends over Firebase Cloud Messaging.
type FCM struct{ client *messaging.Client }

// serviceAccount is what must be right in the file that Firebase gives out, for the errors to be ours.
type serviceAccount struct {
	Type    string `json:"type"`
	Project string `json:"project_id"`
	Key     string `json:"private_key"`
}

func (a *serviceAccount) whole() bool {
	key, _ := pem.Decode([]byte(a.Key))
	return a.Type == "service_account" && a.Project != "" && key != nil
}

// NewFCM takes the content of a service account's file. Other kinds of Google credentials are refused: they can name addresses from
// which keys are fetched.
func NewFCM(ctx context.Context, credentials models.Secret, opts ...option.ClientOption) (*FCM, error) {
	var account serviceAccount
	if err := json.Unmarshal(credentials, &account); err != nil || !account.whole() {
		return nil, errors.New("the credentials for Firebase are not the JSON file of a service account")
	}
	opts = append(opts, option.WithCredentialsJSON(credentials))
	app, err := firebase.NewApp(ctx, &firebase.Config{ProjectID: account.Project}, opts...)
	if err != nil {
		return nil, fmt.Errorf("open Firebase: %w", err)
	}
	client, err := app.Messaging(ctx)
	if err != nil {
		return nil, fmt.Errorf("open Firebase Cloud Messaging: %w", err)
	}
	return &FCM{client: client}, nil
}

// Send implements Sender. A token of another Firebase project is as good as gone: this server can never reach it.
func (f *FCM) Send(ctx context.Context, p Push) error {
	_, err := f.client.Send(ctx, message(p))
	switch {
	case err == nil:
		return nil
	case messaging.IsUnregistered(err), messaging.IsSenderIDMismatch(err):
		return ErrAddressGone
	default:
		// The answer goes to the log, and a provider may repeat in it what it was sent.
		return errors.New("firebase: " + strings.ReplaceAll(err.Error(), string(p.Token), "[token]"))
	}
}

// message has the id wherever a platform looks for what replaces an earlier message: Android's collapse key and tag, Apple's
// collapse id, the topic and tag of Web Push.
func message(p Push) *messaging.Message {
	id := string(p.ID)
	return &messaging.Message{
		Token:        string(p.Token),
		Data:         map[string]string{"notice": id},
		Notification: &messaging.Notification{Title: p.Text},
		Android:      &messaging.AndroidConfig{CollapseKey: id, Notification: &messaging.AndroidNotification{Tag: id}},
		APNS:         &messaging.APNSConfig{Headers: map[string]string{"apns-collapse-id": id}},
		Webpush: &messaging.WebpushConfig{
			Headers: map[string]string{"Topic": id}, Notification: &messaging.WebpushNotification{Tag: id},
		},
	}
}
