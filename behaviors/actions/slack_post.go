package actions

import (
	"context"
	"fmt"
	"net/http"

	"github.com/deskhook/deskhook/behaviors"
	"github.com/deskhook/deskhook/behaviors/expression"
	"github.com/deskhook/deskhook/behaviors/outbound"
)

const slackPostName = "slack.post"

func slackPostSpec() behaviors.ActionSpec {
	return behaviors.ActionSpec{
		Name:    slackPostName,
		Summary: "Posts a message to a Slack channel, by an incoming webhook.",
		Params: []behaviors.ParamSpec{
			{Name: "webhook", Type: expression.Type{Kind: expression.SecretValue}, Secret: true, Required: true, Help: "The incoming webhook's URL."},
			{Name: "channel", Type: textType, Format: behaviors.Plain, Help: "Channel such as #support, where the webhook may choose one."},
			{Name: "text", Type: textType, Format: behaviors.Slack, Help: "The message, in Slack's mrkdwn."},
			{Name: "blocks", Help: "Slack's Block Kit, a list; text is then what notifications show."},
		},
		Output: expression.Type{Kind: expression.Nil},
		Usage: `- slack.post:
    webhook: "${{ inputs.slack }}"
    channel: "${{ inputs.channel }}"
    text: "Order <https://shop.example.com/orders/${{ payload.order.id }}|${{ payload.order.id }}> was paid"`,
		Fails: "There is neither text nor blocks, the message is too large, or Slack answers " + finalAnswers + ". " + heedsPause,
		Reach: behaviors.ReachOutside,
	}
}

func slackPost() *Action {
	return &Action{ActionSpec: slackPostSpec(), Do: postToSlack}
}

func postToSlack(ctx context.Context, c *Call) (any, error) {
	message := map[string]any{}
	for _, name := range []string{"channel", "text", "blocks"} {
		if v := c.Params[name]; v != nil {
			message[name] = v
		}
	}
	if message["text"] == nil && message["blocks"] == nil {
		return nil, mistake("slack.post needs text or blocks")
	}
	ref, ok := c.Params["webhook"].(expression.Secret)
	if !ok {
		return nil, mistake("slack.post: webhook is not a secret")
	}
	webhook, err := c.Secret(ref, "")
	if err != nil {
		return nil, err
	}
	body, err := expression.NewWalker(expression.Limits{}).JSON(message)
	if err != nil {
		return nil, &Error{Message: fmt.Sprintf("slack.post: the message cannot be sent: %s", err), Permanent: true, Blame: BlameBehavior, Err: err}
	}
	answer, err := c.HTTP.Do(ctx, outbound.Request{
		Method: http.MethodPost,
		URL:    webhook,
		Header: http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {c.IdempotencyKey}},
		Body:   body, Timeout: remaining(ctx),
	})
	if err != nil {
		return nil, callFailed(err)
	}
	if answer.Status < 200 || answer.Status > 299 {
		return nil, refused(answer, webhook)
	}
	return nil, nil
}
