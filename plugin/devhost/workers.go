package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"gorm.io/gorm"
)

// worker is a person who answers tickets.
type worker struct {
	ID           int64
	Login        string `gorm:"size:64;uniqueIndex"` // lower case
	Name         string `gorm:"size:255"`
	PasswordHash string `gorm:"size:100"`
	RoleID       int64
	Role         role
	Disabled     bool `gorm:"default:false"` // cannot log in, and has no tokens
}

// ensureWorkers makes the roles, and the worker admin where there is none. It
// gives the admin's password where it made one up. A password that is not empty
// becomes the admin's, also of one who was there already.
func ensureWorkers(ctx context.Context, db *gorm.DB, password string, cost int) (generated string, err error) {
	err = transact(ctx, db, func(tx *gorm.DB) error {
		secret := password
		generated = ""
		admins, err := ensureRoles(tx)
		if err != nil {
			return err
		}
		admin := worker{Login: "admin", Name: "Admin", RoleID: admins.ID}
		err = tx.Where("login = ?", admin.Login).Take(&admin).Error
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
		if err := setPassword(&admin, secret, cost); err != nil {
			return err
		}
		return tx.Omit("Role").Save(&admin).Error
	})
	if err != nil {
		return "", fmt.Errorf("create the worker admin: %w", err)
	}
	return generated, nil
}

func listWorkers(ctx context.Context, db *gorm.DB) ([]worker, error) {
	var workers []worker
	if err := db.WithContext(ctx).Preload("Role").Order("disabled, name, id").Find(&workers).Error; err != nil {
		return nil, fmt.Errorf("list workers: %w", err)
	}
	return workers, nil
}

// findWorker gives a worker with the role, or nil.
func findWorker(ctx context.Context, db *gorm.DB, id int64) (*worker, error) {
	var w worker
	err := db.WithContext(ctx).Preload("Role").Take(&w, id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load the worker: %w", err)
	}
	return &w, nil
}

// createWorker makes one; errNameTaken where another one has the login.
func createWorker(ctx context.Context, db *gorm.DB, w *worker) error {
	err := administer(ctx, db, func(tx *gorm.DB) error { return tx.Omit("Role").Create(w).Error })
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errNameTaken
	}
	return err
}

// changeWorker stores name and role.
func changeWorker(ctx context.Context, db *gorm.DB, w *worker) error {
	return administer(ctx, db, func(tx *gorm.DB) error {
		return tx.Model(w).Select("name", "role_id").Updates(worker{Name: w.Name, RoleID: w.RoleID}).Error
	})
}

// changePassword stores the password that was set and ends the worker's sessions, but for
// the one that it is changed in.
func changePassword(ctx context.Context, db *gorm.DB, w *worker, in *session) error {
	return transact(ctx, db, func(tx *gorm.DB) error {
		if err := tx.Model(w).Update("password_hash", w.PasswordHash).Error; err != nil {
			return err
		}
		return tx.Where("worker_id = ? AND hash <> ?", w.ID, in.Hash).Delete(&session{}).Error
	})
}

// disableWorker ends a worker's sessions and revokes the tokens that the worker
// issued, for good: to be enabled again brings neither back.
func disableWorker(ctx context.Context, db *gorm.DB, w *worker, disabled bool, now int64) error {
	return administer(ctx, db, func(tx *gorm.DB) error {
		if err := tx.Model(w).Update("disabled", disabled).Error; err != nil {
			return err
		}
		if err := tx.Where("worker_id = ?", w.ID).Delete(&session{}).Error; err != nil {
			return err
		}
		return tx.Model(&bearerToken{}).Where("worker_id = ? AND revoked_at = 0", w.ID).Update("revoked_at", now).Error
	})
}

// Lengths of passwords: bcrypt reads no more.
const shortestPassword, longestPassword = 10, 72

func setPassword(w *worker, password string, cost int) error {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), cost)
	if err != nil {
		return fmt.Errorf("a password has at most %d bytes: %w", longestPassword, err)
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
	err := db.WithContext(ctx).Where("login = ?", strings.ToLower(strings.TrimSpace(login))).Take(&w).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		passwordMatches(&worker{PasswordHash: nobodysHash}, password)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up the worker: %w", err)
	}
	if !passwordMatches(&w, password) || w.Disabled {
		return nil, nil
	}
	return &w, nil
}

// randomPassword has 80 bits, in groups that one can type.
func randomPassword() string {
	text := strings.ToLower(rand.Text()[:16])
	return text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
}
