package plugin

import (
	"log/slog"

	"gorm.io/gorm"

	"github.com/deskhook/deskhook/behaviors/actions"
	"github.com/deskhook/deskhook/handlers"
	"github.com/deskhook/deskhook/models"
)

// Host is what the plugin needs of the application that embeds it.
type Host interface {
	// DB is the application's database, MySQL, MariaDB or SQLite. Called once, by Register.
	DB() *gorm.DB
	Logger() *slog.Logger
	// BaseURL is the public address of the application, without a slash at its
	// end: "https://help.example.com". It may change at run time.
	BaseURL() string
	// Keys for encrypting secrets and stored requests.
	Keys() (models.Keys, error)
	handlers.Identity
	handlers.Shell
	actions.Records
}
