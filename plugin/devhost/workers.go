package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"gorm.io/gorm"

	"github.com/deskhook/deskhook/plugin"
)

// role is what its workers may do. Setup is the helpdesk's own permission.
type role struct {
	ID          int64
	Name        string `gorm:"size:64;uniqueIndex"`
	Permissions string `gorm:"size:255"` // the plugin's, separated by blanks
	Setup       bool
}

// worker is a person who answers tickets.
type worker struct {
	ID           int64
	Login        string `gorm:"size:64;uniqueIndex"`
	Name         string `gorm:"size:255"`
	PasswordHash string `gorm:"size:100"`
	RoleID       int64
	Role         role
}

func (w *worker) may(p plugin.Permission) bool {
	return slices.Contains(strings.Fields(w.Role.Permissions), string(p))
}

// Names of the roles that every helpdesk has.
const (
	administrators = "Administrator"
	agents         = "Agent"
)

// ensureWorkers makes the roles, and the worker admin where there is none. It
// gives the admin's password where it made one up. A password that is not empty
// becomes the admin's, also of one who was there already.
func ensureWorkers(ctx context.Context, db *gorm.DB, password string) (generated string, err error) {
	err = transact(ctx, db, func(tx *gorm.DB) error {
		secret := password
		generated = ""
		all := []role{
			{Name: administrators, Permissions: "view payloads edit manage", Setup: true},
			{Name: agents, Permissions: "view"},
		}
		for i := range all {
			if err := tx.Where("name = ?", all[i].Name).FirstOrCreate(&all[i]).Error; err != nil {
				return err
			}
		}
		admin := worker{Login: "admin", Name: "Admin", RoleID: all[0].ID}
		err := tx.Where("login = ?", admin.Login).Take(&admin).Error
		switch {
		case errors.Is(err, gorm.ErrRecordNotFound):
			if secret == "" {
				secret = randomPassword()
				generated = secret
			}
		case err != nil:
			return err
		case secret == "" || passwordMatches(&admin, secret):
			return nil
		}
		if err := setPassword(&admin, secret); err != nil {
			return err
		}
		return tx.Save(&admin).Error
	})
	if err != nil {
		return "", fmt.Errorf("create the worker admin: %w", err)
	}
	return generated, nil
}

func setPassword(w *worker, password string) error {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	if err != nil {
		return fmt.Errorf("a password has at most 72 bytes: %w", err)
	}
	w.PasswordHash = string(hash)
	return nil
}

func passwordMatches(w *worker, password string) bool {
	return bcrypt.CompareHashAndPassword([]byte(w.PasswordHash), []byte(password)) == nil
}

// nobodysHash lets the log-in of an unknown worker take as long as another.
const nobodysHash = "$2a$10$7EqJtq98hPqEX7fNZaFWoOhi5Kz9Jm1QbVvZ8Q0nq9Zx0mB1y8F6a"

// logIn gives the worker of a login and password, or nil.
func logIn(ctx context.Context, db *gorm.DB, login, password string) (*worker, error) {
	var w worker
	err := db.WithContext(ctx).Where("login = ?", login).Take(&w).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		passwordMatches(&worker{PasswordHash: nobodysHash}, password)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up the worker: %w", err)
	}
	if !passwordMatches(&w, password) {
		return nil, nil
	}
	return &w, nil
}

// randomPassword has 80 bits, in groups that one can type.
func randomPassword() string {
	text := strings.ToLower(rand.Text()[:16])
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}
